# Which events reach the function, and how hard EventBridge tries to hand them over.
#
# The retry policy and the dead-letter queue here cover only the hand-off to Lambda. What happens after it
# (three attempts, then the failure queue) belongs to the handler module.

locals {
  # What Stripe sends to test an event destination. The handler answers it with a line in its log and changes
  # nothing, so a connection can be seen to work from end to end.
  ping_event_type = "v2.core.event_destination.ping"

  # EventBridge takes a pattern's "$or" for a field of that name as soon as one of these words, its operators, is a key
  # in it; and a dot in a key for a step down. A metadata key of that kind is not named in the pattern.
  operators = [
    "anything-but", "cidr", "date-after", "date-before", "date-on-or-after", "date-on-or-before",
    "equals-ignore-case", "exactly", "exists", "in-date-range", "ip-address-in-range", "ip-address-not-in-range",
    "not-equals-ignore-case", "not-wildcard", "numeric", "prefix", "regex", "suffix", "wildcard",
  ]
  can_name_key = (
    can(regex("^[A-Za-z0-9_ -]+$", var.user_id_metadata_key))
    && !contains(local.operators, var.user_id_metadata_key)
  )
  key_exists = { (var.user_id_metadata_key) = [{ exists = true }] }

  # An account has many more checkouts and customers than subscriptions: their events pass only where they can say
  # whose a subscription is. Thin events carry no object to look at, and pass by their type. That a customer was
  # deleted is noted whoever it is.
  narrowed = [
    for one in [
      {
        types  = ["checkout.session.completed"]
        detail = { data = { object = { mode = ["subscription"] } } }
        named  = true
      },
      {
        types  = ["customer.created"]
        detail = { data = { object = { metadata = local.key_exists } } }
        named  = local.can_name_key
      },
      {
        types  = ["customer.updated"]
        detail = { data = { previous_attributes = { metadata = local.key_exists } } }
        named  = local.can_name_key
      },
    ] : merge(one, { types = [for type in one.types : type if contains(var.event_types, type)] })
    if one.named && anytrue([for type in one.types : contains(var.event_types, type)])
  ]
  narrowed_types = flatten([for one in local.narrowed : one.types])

  sources = { source = concat([{ prefix = var.source_prefix }], compact([var.bridge_event_source])) }
  by_type = {
    detail-type = concat(
      [for type in var.event_types : type if !contains(local.narrowed_types, type)],
      [local.ping_event_type],
    )
  }
  by_detail = [for one in local.narrowed : { detail-type = one.types, detail = one.detail }]

  # As text, because the two have no type in common.
  event_pattern = (
    length(local.by_detail) == 0
    ? jsonencode(merge(local.sources, local.by_type))
    : jsonencode(merge(local.sources, { "$or" = concat([local.by_type], local.by_detail) }))
  )
}

resource "aws_cloudwatch_event_rule" "subscription_events" {
  name           = var.name
  description    = "Stripe's events that can change a profile, to the subscription handler."
  event_bus_name = var.event_bus_name
  event_pattern  = local.event_pattern
  state          = "ENABLED" # Said, so that an apply enables what somebody disabled.
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
