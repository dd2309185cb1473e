output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.function.function_name
}

output "arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.function.arn
}

output "version" {
  description = "The newest published version; `$LATEST` without SnapStart."
  value       = aws_lambda_function.function.version
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.function.name
}

output "environment_variables" {
  description = "The function's environment variables."
  value       = one(aws_lambda_function.function.environment[*].variables)
}

output "role" {
  description = "The function's role: its name and ARN; what it may do and who may use it, as JSON."
  value = {
    name = aws_iam_role.execution.name
    arn  = aws_iam_role.execution.arn
    # As it is given, not as the state has it: after a refresh that would be what somebody made of it by hand.
    policy       = local.policy
    trust_policy = aws_iam_role.execution.assume_role_policy
  }
}

output "settings" {
  description = "The function as it is set up."
  value = {
    handler                        = aws_lambda_function.function.handler
    runtime                        = aws_lambda_function.function.runtime
    architectures                  = aws_lambda_function.function.architectures
    memory_mb                      = aws_lambda_function.function.memory_size
    timeout_seconds                = aws_lambda_function.function.timeout
    reserved_concurrent_executions = aws_lambda_function.function.reserved_concurrent_executions
    tracing_mode                   = one(aws_lambda_function.function.tracing_config[*].mode)
    publish                        = aws_lambda_function.function.publish
    snap_start                     = one(aws_lambda_function.function.snap_start[*].apply_on)
    package_path                   = aws_lambda_function.function.filename
    package_s3_bucket              = aws_lambda_function.function.s3_bucket
    package_s3_key                 = aws_lambda_function.function.s3_key
    kms_key_arn                    = aws_lambda_function.function.kms_key_arn
    log_group_kms_key_arn          = aws_cloudwatch_log_group.function.kms_key_id
    log_retention_days             = aws_cloudwatch_log_group.function.retention_in_days
  }
}
