variable "prefix" {
  description = "The stack's prefix."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.prefix))
    error_message = "prefix must be lower-case letters, digits and hyphens, as the stack's."
  }
}

variable "environment" {
  description = "The environment: the name of the stack's workspace."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9-]{2,21}$", var.environment)) && var.environment != "default"
    error_message = "environment must be the name of one of the stack's workspaces."
  }
}

variable "aws_region" {
  description = "AWS region of the stack."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-\\d$", var.aws_region))
    error_message = "aws_region must be an AWS region, such as eu-west-1."
  }
}

variable "event_types" {
  description = "Stripe event types to send: the stack's event_types."
  type        = list(string)
  default = [
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "invoice.payment_succeeded",
    "invoice.payment_failed",
    "invoice.paid",
    "invoice.voided",
    "invoice.marked_uncollectible",
    "checkout.session.completed",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "entitlements.active_entitlement_summary.updated",
  ]
  nullable = false

  validation {
    condition     = length(var.event_types) > 0 && !anytrue([for type in var.event_types : startswith(type, "v1.")])
    error_message = "event_types must name at least one type of snapshot events; those of thin ones begin with \"v1.\"."
  }
}
