output "function_name" {
  description = "Name of the function."
  value       = module.function.name
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = module.function.log_group_name
}

output "failure_queue" {
  description = "The queue of changes that could not be told: its name, URL and ARN."
  value = {
    name = aws_sqs_queue.failures.name
    url  = aws_sqs_queue.failures.url
    arn  = aws_sqs_queue.failures.arn
  }
}

output "failure_queue_settings" {
  description = "That queue as it is set up."
  value = {
    retention_seconds          = aws_sqs_queue.failures.message_retention_seconds
    visibility_timeout_seconds = aws_sqs_queue.failures.visibility_timeout_seconds
    sqs_managed_sse_enabled    = aws_sqs_queue.failures.sqs_managed_sse_enabled
    kms_key_arn                = aws_sqs_queue.failures.kms_master_key_id
  }
}

output "mapping_id" {
  description = "Id of the event source mapping."
  value       = aws_lambda_event_source_mapping.profiles.uuid
}

output "mapping" {
  description = "The event source mapping as it is set up."
  value = {
    stream_arn                 = aws_lambda_event_source_mapping.profiles.event_source_arn
    function                   = aws_lambda_event_source_mapping.profiles.function_name
    starting_position          = aws_lambda_event_source_mapping.profiles.starting_position
    batch_size                 = aws_lambda_event_source_mapping.profiles.batch_size
    batching_window_seconds    = aws_lambda_event_source_mapping.profiles.maximum_batching_window_in_seconds
    parallelization_factor     = aws_lambda_event_source_mapping.profiles.parallelization_factor
    response_types             = aws_lambda_event_source_mapping.profiles.function_response_types
    bisects                    = aws_lambda_event_source_mapping.profiles.bisect_batch_on_function_error
    maximum_retry_attempts     = aws_lambda_event_source_mapping.profiles.maximum_retry_attempts
    maximum_record_age_seconds = aws_lambda_event_source_mapping.profiles.maximum_record_age_in_seconds
    on_failure_arn             = one(flatten(aws_lambda_event_source_mapping.profiles.destination_config[*].on_failure[*].destination_arn))
    filter_patterns            = flatten(aws_lambda_event_source_mapping.profiles.filter_criteria[*].filter[*].pattern)
  }
}

output "environment_variables" {
  description = "The function's environment."
  value       = module.function.environment_variables
}

output "settings" {
  description = "The function as it is set up."
  value       = module.function.settings
}

output "role_policy" {
  description = "What the role may do, as JSON."
  value       = module.function.role.policy
}

output "role_trust_policy" {
  description = "Who may use the role, as JSON."
  value       = module.function.role.trust_policy
}
