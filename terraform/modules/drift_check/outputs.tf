output "function_name" {
  description = "Name of the function."
  value       = module.function.name
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = module.function.log_group_name
}

output "metric" {
  description = "The metric: how many differences a pass found."
  value = {
    namespace = one(aws_cloudwatch_log_metric_filter.drift_found.metric_transformation[*].namespace)
    name      = one(aws_cloudwatch_log_metric_filter.drift_found.metric_transformation[*].name)
  }
}

output "metric_filter" {
  description = "What the metric is made of."
  value = {
    log_group_name = aws_cloudwatch_log_metric_filter.drift_found.log_group_name
    pattern        = aws_cloudwatch_log_metric_filter.drift_found.pattern
    value          = one(aws_cloudwatch_log_metric_filter.drift_found.metric_transformation[*].value)
  }
}

output "environment_variables" {
  description = "The function's environment variables."
  value       = module.function.environment_variables
}

output "settings" {
  description = "The function as it is set up."
  value       = module.function.settings
}

output "maximum_retry_attempts" {
  description = "How often Lambda retries a slice that failed."
  value       = aws_lambda_function_event_invoke_config.slices.maximum_retry_attempts
}

output "schedule" {
  description = "When the function is invoked, and with what."
  value = {
    name       = aws_scheduler_schedule.slices.name
    expression = aws_scheduler_schedule.slices.schedule_expression
    target_arn = one(aws_scheduler_schedule.slices.target[*].arn)
    role_arn   = one(aws_scheduler_schedule.slices.target[*].role_arn)
    input      = one(aws_scheduler_schedule.slices.target[*].input)
  }
}

output "role_policy" {
  description = "What the function may do, as JSON."
  value       = module.function.role.policy
}

output "role_trust_policy" {
  description = "Who may use the function's role, as JSON."
  value       = module.function.role.trust_policy
}

output "schedule_role_policy" {
  description = "What the schedule may do, as JSON."
  value       = aws_iam_role_policy.schedule.policy
}

output "schedule_role_trust_policy" {
  description = "Who may use the schedule's role, as JSON."
  value       = aws_iam_role.schedule.assume_role_policy
}
