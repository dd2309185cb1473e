output "name" {
  description = "Name of the rule."
  value       = aws_cloudwatch_event_rule.hourly.name
}

output "schedule" {
  description = "When the rule invokes the function, and with what."
  value = {
    expression = aws_cloudwatch_event_rule.hourly.schedule_expression
    target_arn = aws_cloudwatch_event_target.handler.arn
    input      = aws_cloudwatch_event_target.handler.input
  }
}

output "permission" {
  description = "Who may invoke the function, and for whom."
  value = {
    action        = aws_lambda_permission.hourly.action
    function_name = aws_lambda_permission.hourly.function_name
    principal     = aws_lambda_permission.hourly.principal
    source_arn    = aws_lambda_permission.hourly.source_arn
  }
}
