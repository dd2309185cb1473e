output "url" {
  description = "The URL that Stripe's webhook endpoint is given."
  value       = aws_lambda_function_url.webhook.function_url
}

output "url_authorization_type" {
  description = "How Lambda authorizes callers of the URL: not at all, the signature is checked by the function."
  value       = aws_lambda_function_url.webhook.authorization_type
}

output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.bridge.function_name
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = aws_cloudwatch_log_group.bridge.name
}

output "environment_variables" {
  description = "The function's environment."
  value       = one(aws_lambda_function.bridge.environment[*].variables)
}

output "function" {
  description = "What runs, and how."
  value = {
    handler                        = aws_lambda_function.bridge.handler
    runtime                        = aws_lambda_function.bridge.runtime
    architectures                  = aws_lambda_function.bridge.architectures
    memory_mb                      = aws_lambda_function.bridge.memory_size
    reserved_concurrent_executions = aws_lambda_function.bridge.reserved_concurrent_executions
    kms_key_arn                    = aws_lambda_function.bridge.kms_key_arn
  }
}

output "log_group" {
  description = "How long the log is kept, and which KMS key encrypts it."
  value = {
    retention_days = aws_cloudwatch_log_group.bridge.retention_in_days
    kms_key_arn    = aws_cloudwatch_log_group.bridge.kms_key_id
  }
}

output "role_policy" {
  description = "What the role may do, as JSON."
  value       = aws_iam_role_policy.execution.policy
}

output "role_trust_policy" {
  description = "Who may use the role, as JSON."
  value       = aws_iam_role.execution.assume_role_policy
}

output "url_permission_template" {
  description = "Who may invoke the function through its URL: the CloudFormation template, as JSON."
  value       = aws_cloudformation_stack.invoke_through_url.template_body
}
