output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.handler.function_name
}

output "function_arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.handler.arn

  # Whoever invokes the function waits until it may write and its failures have a place to go.
  depends_on = [aws_iam_role_policy.execution, aws_lambda_function_event_invoke_config.retries]
}

output "alias_name" {
  description = "Alias that the function is invoked by; null without SnapStart, when it is invoked by its name alone."
  value       = local.alias_name

  # The name is known before the alias is there; a permission for it is not possible before.
  depends_on = [aws_lambda_alias.live]
}

output "invoked_arn" {
  description = "ARN of what is to be invoked: the alias, or the function."
  value       = local.invoked_arn

  depends_on = [
    aws_iam_role_policy.execution,
    aws_lambda_function_event_invoke_config.retries,
    aws_lambda_function_event_invoke_config.retries_of_alias,
  ]
}

output "role_arn" {
  description = "ARN of the function's role."
  value       = aws_iam_role.execution.arn
}

output "role_policy" {
  description = "The role's policy, as JSON."
  value       = aws_iam_role_policy.execution.policy
}

output "statements" {
  description = "The statements of the role's policy, for a function that does a part of the same."
  value       = local.statements
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.handler.name
}

output "environment_variables" {
  description = "The function's environment variables."
  value       = one(aws_lambda_function.handler.environment[*].variables)
}

output "on_failure_destination_arn" {
  description = "ARN of where Lambda sends an event after its last attempt."
  value       = one(one(aws_lambda_function_event_invoke_config.retries.destination_config[*].on_failure)[*].destination)
}

output "timeout_seconds" {
  description = "Longest run of one invocation, in seconds."
  value       = aws_lambda_function.handler.timeout
}

output "async_retries" {
  description = "How long and how often Lambda tries an event."
  value = {
    maximum_event_age_seconds = aws_lambda_function_event_invoke_config.retries.maximum_event_age_in_seconds
    maximum_retry_attempts    = aws_lambda_function_event_invoke_config.retries.maximum_retry_attempts
  }
}

output "alias_retries" {
  description = "The same for the alias, with where an event goes after its last attempt; null without SnapStart."
  value = one([
    for config in aws_lambda_function_event_invoke_config.retries_of_alias : {
      qualifier                 = config.qualifier
      maximum_event_age_seconds = config.maximum_event_age_in_seconds
      maximum_retry_attempts    = config.maximum_retry_attempts
      on_failure_arn            = one(one(config.destination_config[*].on_failure)[*].destination)
    }
  ])
}

output "snap_start" {
  description = "Whether versions are published, what they get a snapshot for, and the version the alias leads to."
  value = {
    publish       = aws_lambda_function.handler.publish
    apply_on      = one(aws_lambda_function.handler.snap_start[*].apply_on)
    alias_version = one(aws_lambda_alias.live[*].function_version)
  }
}

output "settings" {
  description = "The function as it is set up."
  value = {
    runtime                        = aws_lambda_function.handler.runtime
    architectures                  = aws_lambda_function.handler.architectures
    memory_mb                      = aws_lambda_function.handler.memory_size
    timeout_seconds                = aws_lambda_function.handler.timeout
    reserved_concurrent_executions = aws_lambda_function.handler.reserved_concurrent_executions
    log_retention_days             = aws_cloudwatch_log_group.handler.retention_in_days
    tracing_mode                   = one(aws_lambda_function.handler.tracing_config[*].mode)
  }
}

output "package" {
  description = "Where the function's code comes from."
  value = {
    path      = aws_lambda_function.handler.filename
    s3_bucket = aws_lambda_function.handler.s3_bucket
    s3_key    = aws_lambda_function.handler.s3_key
  }
}

output "role_name" {
  description = "Name of the function's role."
  value       = aws_iam_role.execution.name
}

output "role_trust_policy" {
  description = "Who may use the role, as JSON."
  value       = aws_iam_role.execution.assume_role_policy
}

output "kms_key_arns" {
  description = "ARNs of the KMS keys of the log group and of the environment; null where these are AWS's own."
  value = {
    log_group   = aws_cloudwatch_log_group.handler.kms_key_id
    environment = aws_lambda_function.handler.kms_key_arn
  }
}
