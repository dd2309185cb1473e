output "topic_arn" {
  description = "ARN of the SNS topic."
  value       = aws_sns_topic.operators.arn
}

output "topic_policy" {
  description = "The topic's policy, as JSON."
  value       = aws_sns_topic_policy.operators.policy
}

output "alarm_names" {
  description = "Alarm names by what they watch."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.pipeline : key => alarm.alarm_name }
}

locals {
  # Of an alarm on an expression, the metrics by their ids, and the expression.
  queries = {
    for key, alarm in aws_cloudwatch_metric_alarm.pipeline : key => {
      expression = one([for query in alarm.metric_query : query.expression if query.id == "filled"])
      metrics    = { for query in alarm.metric_query : query.id => one(query.metric) if query.id != "filled" }
    }
  }
}

output "alarms" {
  description = "What each alarm measures and whom it tells. With an expression, the metric is its `m1`, and `further_metrics` the others."
  value = {
    for key, alarm in aws_cloudwatch_metric_alarm.pipeline : key => {
      namespace           = try(local.queries[key].metrics["m1"].namespace, alarm.namespace)
      metric_name         = try(local.queries[key].metrics["m1"].metric_name, alarm.metric_name)
      dimensions          = try(local.queries[key].metrics["m1"].dimensions, alarm.dimensions)
      statistic           = try(local.queries[key].metrics["m1"].stat, alarm.statistic)
      period_seconds      = try(local.queries[key].metrics["m1"].period, alarm.period)
      expression          = local.queries[key].expression
      further_metrics     = { for id, metric in local.queries[key].metrics : id => "${metric.namespace} ${metric.metric_name} ${metric.stat} ${metric.period}" if id != "m1" }
      evaluation_periods  = alarm.evaluation_periods
      threshold           = alarm.threshold
      comparison_operator = alarm.comparison_operator
      treat_missing_data  = alarm.treat_missing_data
      description         = alarm.alarm_description
      alarm_actions       = alarm.alarm_actions
      ok_actions          = alarm.ok_actions
    }
  }
}

output "alarm_arns" {
  description = "Alarm ARNs by what they watch."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.pipeline : key => alarm.arn }
}

output "topic_name" {
  description = "Name of the SNS topic."
  value       = aws_sns_topic.operators.name
}

output "email_addresses" {
  description = "Addresses subscribed to the topic."
  value       = [for subscription in aws_sns_topic_subscription.email : subscription.endpoint]
}

output "topic_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the topic; null for none."
  value       = aws_sns_topic.operators.kms_master_key_id
}
