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

output "alarms" {
  description = "What each alarm measures and whom it tells."
  value = {
    for key, alarm in aws_cloudwatch_metric_alarm.pipeline : key => {
      namespace           = alarm.namespace
      metric_name         = alarm.metric_name
      dimensions          = alarm.dimensions
      statistic           = alarm.statistic
      period_seconds      = alarm.period
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
