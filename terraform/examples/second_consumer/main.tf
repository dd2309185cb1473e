# A consumer of your own on the same bus: a second rule with a second target. EventBridge gives every rule
# its own copy of an event, so the subscription handler neither notices nor waits.
#
# Here: failed payments go to an SQS queue, from which, say, a mailer works. Any other target (a Lambda
# function, Step Functions, a bus in another account) takes the queue's place.

provider "aws" {
  region = var.aws_region
}

locals {
  name = "${var.name_prefix}-failed-payments-${var.environment}"

  # A queue's inline policy can't refer to the queue's own ARN; it is in the rule's region and account.
  rule_arn_parts = split(":", aws_cloudwatch_event_rule.failed_payments.arn)
  queue_arn = join(":", [
    "arn", local.rule_arn_parts[1], "sqs", local.rule_arn_parts[3], local.rule_arn_parts[4], local.name,
  ])
}

resource "aws_cloudwatch_event_rule" "failed_payments" {
  name           = local.name
  description    = "Stripe's failed payments, for the mailer."
  event_bus_name = var.event_bus_name

  event_pattern = jsonencode({
    source      = concat([{ prefix = "aws.partner/stripe.com" }], compact([var.bridge_event_source]))
    detail-type = ["invoice.payment_failed"]
    # Patterns look into the event too: here, no events for invoices that weren't for anything.
    detail = { data = { object = { amount_due = [{ numeric = [">", 0] }] } } }
  })
}

resource "aws_sqs_queue" "failed_payments" {
  name                    = local.name
  sqs_managed_sse_enabled = true

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyTheRule"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = local.queue_arn
      Condition = { ArnEquals = { "aws:SourceArn" = aws_cloudwatch_event_rule.failed_payments.arn } }
    }]
  })
}

resource "aws_cloudwatch_event_target" "failed_payments" {
  rule           = aws_cloudwatch_event_rule.failed_payments.name
  event_bus_name = var.event_bus_name
  target_id      = "queue"
  arn            = aws_sqs_queue.failed_payments.arn

  # Give a consumer that must not lose events a dead-letter queue of its own. The stack's delivery
  # dead-letter queue takes events of the stack's own rule only.
}
