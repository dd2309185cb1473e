# The topic, who is on it, and one alarm per row of the tables of the catalogues.

locals {
  # Most metrics are absent while there is nothing to report: an empty queue nobody reads, a function that wasn't
  # invoked, a rule without failures.
  missing_data = merge({ for key in keys(local.catalogue) : key => "notBreaching" }, {
    # Counted once an hour: until the next count, the last one holds.
    parked_expiring = "ignore"
    # Told once at the end of a pass.
    drift_found = "ignore"
    # No data is what these alarms are about.
    silence                = "breaching"
    bridge_silence         = "breaching"
    parked_count_silence   = "breaching"
    drift_check_unfinished = "breaching"
  })

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

  namespace   = each.value.namespace
  metric_name = each.value.metric_name
  dimensions  = each.value.dimensions
  statistic   = each.value.statistic
  period      = each.value.period_seconds

  comparison_operator = contains(keys(local.hours_of_nothing), each.key) ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = coalesce(lookup(local.hours_of_nothing, each.key, null), 1)
  treat_missing_data  = local.missing_data[each.key]

  alarm_actions = [aws_sns_topic.operators.arn]
  ok_actions    = [aws_sns_topic.operators.arn]
}
