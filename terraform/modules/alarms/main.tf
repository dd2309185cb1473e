# The topic, who is on it, and one alarm per row of the table in catalogue.tf.

resource "aws_sns_topic" "operators" {
  # Not encrypted with KMS: the AWS-managed key's policy doesn't let CloudWatch publish, and alarm texts
  # hold names of resources only.
  name = var.topic_name
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

  alarm_name        = format(var.alarm_name_format, replace(each.key, "_", "-"))
  alarm_description = "${each.value.meaning} What to do: ${each.value.remedy}"

  namespace   = each.value.namespace
  metric_name = each.value.metric_name
  dimensions  = each.value.dimensions
  statistic   = each.value.statistic
  period      = each.value.period_seconds

  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 1

  # These metrics are absent while there is nothing to report: an empty queue nobody reads, a function that
  # wasn't invoked, a rule without failures.
  treat_missing_data = "notBreaching"

  alarm_actions = [aws_sns_topic.operators.arn]
  ok_actions    = [aws_sns_topic.operators.arn]
}
