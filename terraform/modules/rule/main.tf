# Which events reach the function, and how hard EventBridge tries to hand them over.
#
# The retry policy and the dead-letter queue here cover only the hand-off to Lambda. What happens after it
# (three attempts, then the failure queue) belongs to the handler module.

locals {
  # What Stripe sends to test an event destination. The handler answers it with a line in its log and changes
  # nothing, so a connection can be seen to work from end to end.
  ping_event_type = "v2.core.event_destination.ping"

  event_pattern = {
    source      = concat([{ prefix = var.source_prefix }], compact([var.bridge_event_source]))
    detail-type = concat(var.event_types, [local.ping_event_type])
  }
}

resource "aws_cloudwatch_event_rule" "subscription_events" {
  name           = var.name
  description    = "Stripe's subscription and invoice events, to the subscription handler."
  event_bus_name = var.event_bus_name
  event_pattern  = jsonencode(local.event_pattern)
}

resource "aws_lambda_permission" "subscription_events" {
  statement_id  = var.permission_statement_id
  action        = "lambda:InvokeFunction"
  function_name = var.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.subscription_events.arn
}

# An alias has a policy of its own. That of the function stays, so that switching the target loses no event.
resource "aws_lambda_permission" "subscription_events_to_alias" {
  count = var.function_alias_name == null ? 0 : 1

  statement_id  = "${var.permission_statement_id}OnAlias"
  action        = "lambda:InvokeFunction"
  function_name = var.function_name
  qualifier     = var.function_alias_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.subscription_events.arn
}

resource "aws_cloudwatch_event_target" "handler" {
  rule           = aws_cloudwatch_event_rule.subscription_events.name
  event_bus_name = var.event_bus_name
  target_id      = "subscription-handler"
  arn            = var.invoked_arn

  retry_policy {
    maximum_event_age_in_seconds = var.maximum_event_age_seconds
    maximum_retry_attempts       = var.maximum_retry_attempts
  }

  dead_letter_config {
    arn = var.dead_letter_queue_arn
  }

  # Without the permission an event goes to the dead-letter queue at once, without a retry.
  depends_on = [
    aws_lambda_permission.subscription_events,
    aws_lambda_permission.subscription_events_to_alias,
  ]
}
