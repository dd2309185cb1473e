# Changes of profiles, where the stack tells them (create_profile_events): those of access go to a queue of their own, from
# which, say, a cache is cleared. The rule stands on the bus that they are told on, not on Stripe's.

locals {
  hears_profiles = var.profile_events_source != null
  profiles_name  = "${var.name_prefix}-changed-access-${var.environment}"

  profiles_rule_arn_parts = split(":", local.hears_profiles ? aws_cloudwatch_event_rule.changed_access[0].arn : ":::::")
  profiles_queue_arn = join(":", [
    "arn", local.profiles_rule_arn_parts[1], "sqs", local.profiles_rule_arn_parts[3], local.profiles_rule_arn_parts[4],
    local.profiles_name,
  ])
}

resource "aws_cloudwatch_event_rule" "changed_access" {
  count = local.hears_profiles ? 1 : 0

  name           = local.profiles_name
  description    = "Users whose access or products changed."
  event_bus_name = var.profile_events_bus_name

  event_pattern = jsonencode({
    source      = [var.profile_events_source]
    detail-type = ["Subscription Profile Changed"]
    detail      = { changed = ["subscriptionAccessUntil", "subscriptionProducts"] }
  })
}

resource "aws_sqs_queue" "changed_access" {
  count = local.hears_profiles ? 1 : 0

  name                    = local.profiles_name
  sqs_managed_sse_enabled = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyTheRule"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = local.profiles_queue_arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.changed_access[0].arn } }
    }]
  })
}

resource "aws_cloudwatch_event_target" "changed_access" {
  count = local.hears_profiles ? 1 : 0

  rule           = aws_cloudwatch_event_rule.changed_access[0].name
  event_bus_name = var.profile_events_bus_name
  target_id      = "queue"
  arn            = aws_sqs_queue.changed_access[0].arn
}
