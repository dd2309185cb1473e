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

output "alias_permission" {
  description = "The same for the function's alias; null without one."
  value = one([
    for permission in aws_lambda_permission.hourly_to_alias : {
      action        = permission.action
      function_name = permission.function_name
      qualifier     = permission.qualifier
      principal     = permission.principal
      source_arn    = permission.source_arn
    }
  ])
}
