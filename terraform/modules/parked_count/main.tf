# Once an hour the function counts the events that wait for a user, so that an alarm can tell before they expire.

resource "aws_cloudwatch_event_rule" "hourly" {
  name                = var.name
  description         = "Has the subscription handler count the events that wait for a user."
  schedule_expression = "rate(1 hour)"
  state               = "ENABLED" # Said, so that an apply enables what somebody disabled.
}

resource "aws_lambda_permission" "hourly" {
  statement_id  = "AllowParkedCount"
  action        = "lambda:InvokeFunction"
  function_name = var.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.hourly.arn
}

resource "aws_lambda_permission" "hourly_to_alias" {
  count = var.function_alias_name == null ? 0 : 1

  statement_id  = "AllowParkedCountOnAlias"
  action        = "lambda:InvokeFunction"
  function_name = var.function_name
  qualifier     = var.function_alias_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.hourly.arn
}

# No dead-letter queue, on purpose: a count that could not be handed over is made up for by the next hour's, and
# an old one is worth nothing. The alarm parked_count_failed_invocations tells when it goes on.
resource "aws_cloudwatch_event_target" "handler" {
  rule      = aws_cloudwatch_event_rule.hourly.name
  target_id = "subscription-handler"
  arn       = var.invoked_arn

  # stripe_subscription_handler.operations.names.COUNT_PARKED_REQUEST.
  input = jsonencode({ "stripe-subscription-handler" = "count-parked" })

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 2
  }

  depends_on = [aws_lambda_permission.hourly, aws_lambda_permission.hourly_to_alias]
}
