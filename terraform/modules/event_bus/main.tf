# The bus Stripe's events arrive on, the archive beside it, and, if asked for, a second bus under a name of
# our own that gets every Stripe event from the partner bus.
#
# AWS wants a partner bus to have exactly its event source's name. A freely named bus can therefore only be
# a custom bus, and gets partner events only by a forwarding rule (or from a webhook bridge).

locals {
  is_partner = var.partner_event_source_name != null
  bus_name   = local.is_partner ? var.partner_event_source_name : var.name
  sources    = concat([{ prefix = var.source_prefix }], compact([var.bridge_event_source]))
}

# Read first, so that a mistyped, deleted or not yet created source stops the plan with a clear message.
data "aws_cloudwatch_event_source" "stripe" {
  count = local.is_partner ? 1 : 0

  name_prefix = var.partner_event_source_name

  lifecycle {
    postcondition {
      condition = self.name == var.partner_event_source_name
      error_message = join(" ", [
        "EventBridge has no partner event source called \"${var.partner_event_source_name}\" in this account",
        "and region (the nearest is \"${self.name}\"). Copy the full name from Stripe's event destination or from:",
        "aws events list-event-sources --name-prefix aws.partner/stripe.com",
      ])
    }

    postcondition {
      condition = upper(self.state) != "DELETED"
      error_message = join(" ", [
        "Stripe has deleted the partner event source \"${var.partner_event_source_name}\".",
        "Create a new Amazon EventBridge event destination in Stripe and use its event source name.",
      ])
    }
  }
}

resource "aws_cloudwatch_event_bus" "stripe" {
  name              = local.bus_name
  event_source_name = local.is_partner ? one(data.aws_cloudwatch_event_source.stripe[*].name) : null
  description       = "Stripe events of the environment ${var.environment}."
}

resource "aws_cloudwatch_event_archive" "stripe" {
  name             = var.archive_name
  description      = "Stripe events of the environment ${var.environment}, for replay."
  event_source_arn = aws_cloudwatch_event_bus.stripe.arn
  event_pattern    = jsonencode({ source = local.sources })
  retention_days   = var.archive_retention_days
}

resource "aws_cloudwatch_event_bus" "forwarding" {
  count = var.create_forwarding_bus ? 1 : 0

  name        = var.name
  description = "Stripe events of the environment ${var.environment}, forwarded from the partner event bus."

  # A stack that turns from a custom bus to a partner bus gives this name from one bus to the other: the first
  # has to be gone before the second is made, and the other way round.
  depends_on = [aws_cloudwatch_event_bus.stripe]
}

resource "aws_cloudwatch_event_rule" "forwarding" {
  count = var.create_forwarding_bus ? 1 : 0

  name           = var.forwarding_name
  description    = "Forwards every Stripe event to ${var.name}."
  event_bus_name = aws_cloudwatch_event_bus.stripe.name
  event_pattern  = jsonencode({ source = [{ prefix = var.source_prefix }] })
  state          = "ENABLED" # Said, so that an apply enables what somebody disabled.
}

resource "aws_iam_role" "forwarding" {
  count = var.create_forwarding_bus ? 1 : 0

  name        = var.forwarding_name
  description = "Lets the forwarding rule put Stripe events on ${var.name}."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyTheForwardingRule"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { ArnEquals = { "aws:SourceArn" = one(aws_cloudwatch_event_rule.forwarding[*].arn) } }
    }]
  })
}

resource "aws_iam_role_policy" "forwarding" {
  count = var.create_forwarding_bus ? 1 : 0

  name = "put-events"
  role = one(aws_iam_role.forwarding[*].name)

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "PutEventsOnTheForwardingBus"
      Effect   = "Allow"
      Action   = ["events:PutEvents"]
      Resource = [one(aws_cloudwatch_event_bus.forwarding[*].arn)]
    }]
  })
}

# No dead-letter queue here, on purpose: our own rule reads the partner bus, so a failed forward never costs
# a profile update. It raises an alarm, and the archive can be replayed to this rule alone.
resource "aws_cloudwatch_event_target" "forwarding" {
  count = var.create_forwarding_bus ? 1 : 0

  rule           = one(aws_cloudwatch_event_rule.forwarding[*].name)
  event_bus_name = aws_cloudwatch_event_bus.stripe.name
  target_id      = "forwarding-bus"
  arn            = one(aws_cloudwatch_event_bus.forwarding[*].arn)
  role_arn       = one(aws_iam_role.forwarding[*].arn)

  depends_on = [aws_iam_role_policy.forwarding]
}
