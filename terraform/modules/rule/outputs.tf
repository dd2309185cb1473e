output "name" {
  description = "Name of the rule."
  value       = aws_cloudwatch_event_rule.subscription_events.name
}

output "arn" {
  description = "ARN of the rule."
  value       = aws_cloudwatch_event_rule.subscription_events.arn
}

output "event_bus_name" {
  description = "Name of the bus the rule reads."
  value       = aws_cloudwatch_event_rule.subscription_events.event_bus_name
}

output "event_pattern" {
  description = "The rule's event pattern, as JSON."
  value       = aws_cloudwatch_event_rule.subscription_events.event_pattern
}

output "target_arn" {
  description = "ARN of what the rule invokes."
  value       = aws_cloudwatch_event_target.handler.arn
}

output "target_dead_letter_queue_arn" {
  description = "ARN of the queue that takes events which could not be handed to Lambda."
  value       = one(aws_cloudwatch_event_target.handler.dead_letter_config[*].arn)
}

output "target_retry_policy" {
  description = "The hand-off's retry policy."
  value       = one(aws_cloudwatch_event_target.handler.retry_policy)
}

output "permission" {
  description = "Who may invoke the function, and for whom."
  value = {
    action        = aws_lambda_permission.subscription_events.action
    function_name = aws_lambda_permission.subscription_events.function_name
    principal     = aws_lambda_permission.subscription_events.principal
    source_arn    = aws_lambda_permission.subscription_events.source_arn
  }
}

output "alias_permission" {
  description = "The same for the function's alias; null without one."
  value = one([
    for permission in aws_lambda_permission.subscription_events_to_alias : {
      action        = permission.action
      function_name = permission.function_name
      qualifier     = permission.qualifier
      principal     = permission.principal
      source_arn    = permission.source_arn
    }
  ])
}
