# The topic, who is on it, and one alarm per row of the tables of the catalogues.

locals {
  # Most metrics are absent while there is nothing to report: an empty queue nobody reads, a function that wasn't
  # invoked, a rule without failures.
  missing_data = merge({ for key in keys(local.catalogue) : key => "notBreaching" }, {
    # Counted once an hour: until the next count, the last one holds.
    parked_expiring    = "ignore"
    delivery_queue_age = "ignore"
    failure_queue_age  = "ignore"
    # Told once at the end of a pass.
    drift_found = "ignore"
    # No data is what these alarms are about.
    silence                = "breaching"
    bridge_silence         = "breaching"
    parked_count_silence   = "breaching"
    drift_check_unfinished = "breaching"
  })

  # Whose gaps say nothing, and are left as they are: SQS's counts come every minute, a count of our own holds until the
  # next one, and an age without data does not mean that nothing waits.
  #
  # All others are on metrics that come only when something happens. CloudWatch looks at more periods than an alarm has, and
  # uses a gap only when it finds no value there, so such an alarm would go on for about three periods after its end, and
  # one on silence would begin as much later. FILL(m1, 0) says what a gap means: nothing happened.
  unfilled = [
    "delivery_queue_messages", "failure_queue_messages", "profile_events_failure_queue_messages",
    "delivery_queue_age", "failure_queue_age", "parked_expiring", "drift_found",
    "function_async_event_age", "profile_events_iterator_age",
  ]
  filled = { for key, row in local.catalogue : key => !contains(local.unfilled, key) }

  # What an expression is made of, in the order m1, m2.
  measured = {
    for key, row in local.catalogue : key => [
      for metric in concat([row], try(local.further_metrics[key], [])) : {
        namespace   = metric.namespace
        metric_name = metric.metric_name
        dimensions  = tomap(metric.dimensions)
      }
    ]
  }

  # Alarms that fire when so many hours pass without enough.
  hours_of_nothing = {
    silence                = var.silence_hours
    bridge_silence         = var.silence_hours
    parked_count_silence   = var.silence_hours
    drift_check_unfinished = try(var.drift_check.unfinished_after_hours, null)
  }
}

resource "aws_sns_topic" "operators" {
  #checkov:skip=CKV_AWS_26:Optional, kms_key_arn. CloudWatch cannot publish to a topic under the AWS-managed key, and alarm texts name resources only.
  # Without a key of your own it is not encrypted with KMS: the AWS-managed key's policy doesn't let CloudWatch
  # publish, and alarm texts hold names of resources only.
  name              = var.topic_name
  kms_master_key_id = var.kms_key_arn
}

# Replaces the default policy. The account's own users keep what their IAM policies give them.
resource "aws_sns_topic_policy" "operators" {
  arn = aws_sns_topic.operators.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyAlarmsOfThisAccount"
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.operators.arn
      Condition = { StringEquals = { "aws:SourceAccount" = aws_sns_topic.operators.owner } }
    }]
  })
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.email_addresses

  topic_arn = aws_sns_topic.operators.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "pipeline" {
  for_each = local.catalogue

  alarm_name = format(var.alarm_name_format, replace(each.key, "_", "-"))
  alarm_description = join(" ", [
    each.value.meaning,
    "Run: ${join("; ", each.value.commands)}.",
    "What to do: ${each.value.remedy}",
    "More: docs/runbook.md, ${each.key}.",
  ])

  namespace   = local.filled[each.key] ? null : each.value.namespace
  metric_name = local.filled[each.key] ? null : each.value.metric_name
  dimensions  = local.filled[each.key] ? null : each.value.dimensions
  statistic   = local.filled[each.key] ? null : each.value.statistic
  period      = local.filled[each.key] ? null : each.value.period_seconds

  dynamic "metric_query" {
    for_each = local.filled[each.key] ? [length(local.measured[each.key])] : []

    content {
      id          = "filled"
      expression  = join(" + ", [for number in range(metric_query.value) : "FILL(m${number + 1}, 0)"])
      label       = each.value.metric_name
      return_data = true
    }
  }

  dynamic "metric_query" {
    for_each = local.filled[each.key] ? local.measured[each.key] : []

    content {
      id          = "m${metric_query.key + 1}"
      return_data = false

      metric {
        namespace   = metric_query.value.namespace
        metric_name = metric_query.value.metric_name
        dimensions  = metric_query.value.dimensions
        stat        = each.value.statistic
        period      = each.value.period_seconds
      }
    }
  }

  comparison_operator = contains(keys(local.hours_of_nothing), each.key) ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = coalesce(lookup(local.hours_of_nothing, each.key, null), 1)
  treat_missing_data  = local.missing_data[each.key]

  alarm_actions = [aws_sns_topic.operators.arn]
  ok_actions    = [aws_sns_topic.operators.arn]
}
