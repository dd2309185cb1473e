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
  value       = module.function.name
}

output "log_group_name" {
  description = "Name of the function's log group."
  value       = module.function.log_group_name
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

output "url_permission_template" {
  description = "Who may invoke the function through its URL: the CloudFormation template, as JSON."
  value       = aws_cloudformation_stack.invoke_through_url.template_body
}

output "refusals_metric" {
  description = "The metric: how many requests that look like Stripe's were refused."
  value = {
    namespace = one(aws_cloudwatch_log_metric_filter.refusals.metric_transformation[*].namespace)
    name      = one(aws_cloudwatch_log_metric_filter.refusals.metric_transformation[*].name)
  }
}

output "refusals_filter" {
  description = "What the metric is made of."
  value = {
    log_group_name = aws_cloudwatch_log_metric_filter.refusals.log_group_name
    pattern        = aws_cloudwatch_log_metric_filter.refusals.pattern
    value          = one(aws_cloudwatch_log_metric_filter.refusals.metric_transformation[*].value)
  }
}
