output "rule_name" {
  description = "The second rule."
  value       = aws_cloudwatch_event_rule.failed_payments.name
}

output "queue_url" {
  description = "URL of the queue that gets failed payments."
  value       = aws_sqs_queue.failed_payments.url
}

output "queue_arn" {
  description = "ARN of that queue."
  value       = aws_sqs_queue.failed_payments.arn
}

output "changed_access_queue_url" {
  description = "URL of the queue that gets users whose access changed; null without profile_events_source."
  value       = one(aws_sqs_queue.changed_access[*].url)
}
