output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.drift_check.function_name
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.drift_check.name
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
  value       = one(aws_lambda_function.drift_check.environment[*].variables)
}

output "settings" {
  description = "The function as it is set up."
  value = {
    handler                        = aws_lambda_function.drift_check.handler
    runtime                        = aws_lambda_function.drift_check.runtime
    architectures                  = aws_lambda_function.drift_check.architectures
    memory_mb                      = aws_lambda_function.drift_check.memory_size
    timeout_seconds                = aws_lambda_function.drift_check.timeout
    reserved_concurrent_executions = aws_lambda_function.drift_check.reserved_concurrent_executions
    log_retention_days             = aws_cloudwatch_log_group.drift_check.retention_in_days
    maximum_retry_attempts         = aws_lambda_function_event_invoke_config.slices.maximum_retry_attempts
    kms_key_arn                    = aws_lambda_function.drift_check.kms_key_arn
    log_group_kms_key_arn          = aws_cloudwatch_log_group.drift_check.kms_key_id
  }
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
  value       = aws_iam_role_policy.execution.policy
}

output "role_trust_policy" {
  description = "Who may use the function's role, as JSON."
  value       = aws_iam_role.execution.assume_role_policy
}

output "schedule_role_policy" {
  description = "What the schedule may do, as JSON."
  value       = aws_iam_role_policy.schedule.policy
}

output "schedule_role_trust_policy" {
  description = "Who may use the schedule's role, as JSON."
  value       = aws_iam_role.schedule.assume_role_policy
}
