output "function_name" {
  description = "Name of the function."
  value       = module.function.name
}

output "function_arn" {
  description = "ARN of the function."
  value       = module.function.arn

  # Whoever invokes the function waits until its failures have a place to go.
  depends_on = [aws_lambda_function_event_invoke_config.retries]
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
    aws_lambda_function_event_invoke_config.retries,
    aws_lambda_function_event_invoke_config.retries_of_alias,
  ]
}

output "role_arn" {
  description = "ARN of the function's role."
  value       = module.function.role.arn
}

output "role_policy" {
  description = "The role's policy, as JSON."
  value       = module.function.role.policy
}

output "statements" {
  description = "What the role allows besides the log, the secret and traces, for a function that does a part of the same."
  value       = local.statements
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = module.function.log_group_name
}

output "environment_variables" {
  description = "The function's environment variables."
  value       = module.function.environment_variables
}

output "on_failure_destination_arn" {
  description = "ARN of where Lambda sends an event after its last attempt."
  value       = one(one(aws_lambda_function_event_invoke_config.retries.destination_config[*].on_failure)[*].destination)
}

output "timeout_seconds" {
  description = "Longest run of one invocation, in seconds."
  value       = module.function.settings.timeout_seconds
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
    publish       = module.function.settings.publish
    apply_on      = module.function.settings.snap_start
    alias_version = one(aws_lambda_alias.live[*].function_version)
  }
}

output "settings" {
  description = "The function as it is set up."
  value       = module.function.settings
}

output "role_name" {
  description = "Name of the function's role."
  value       = module.function.role.name
}

output "role_trust_policy" {
  description = "Who may use the role, as JSON."
  value       = module.function.role.trust_policy
}
