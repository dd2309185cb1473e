# Written by `make contract` from modules/pipeline/variables_event_bus.tf: change it there.

# The bus Stripe's events arrive on, and its archive.

variable "stripe_event_source_name" {
  description = "Stripe's partner event source, aws.partner/stripe.com/ed_...; null makes a custom bus instead."
  type        = string
  default     = null

  validation {
    condition = var.stripe_event_source_name == null ? true : can(
      regex("^aws\\.partner/stripe\\.com/.+", var.stripe_event_source_name)
    )
    error_message = <<-EOT
      stripe_event_source_name must be the full name of Stripe's event source,
      for example "aws.partner/stripe.com/ed_test_...": see Stripe's event
      destination, or run aws events list-event-sources --name-prefix
      aws.partner/stripe.com
    EOT
  }
}

variable "create_forwarding_bus" {
  description = "With a partner event source: also create <prefix>-stripe-events-<environment> and forward every Stripe event to it."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.create_forwarding_bus || var.stripe_event_source_name != null
    error_message = <<-EOT
      create_forwarding_bus needs stripe_event_source_name: without a partner
      event source the bus already is a custom bus under our own name.
    EOT
  }
}

variable "bridge_event_source" {
  description = "Exact `source` of events a webhook bridge puts on a custom bus, e.g. \"stripe-webhook-bridge\"; null admits Stripe's own only."
  type        = string
  default     = null

  validation {
    condition = var.bridge_event_source == null ? true : (
      can(regex("^[A-Za-z0-9._/-]{1,256}$", var.bridge_event_source)) && !startswith(var.bridge_event_source, "aws.")
    )
    error_message = <<-EOT
      bridge_event_source must be 1 to 256 letters, digits, dots, hyphens,
      underscores and slashes, and must not begin with "aws.": EventBridge
      refuses such sources from anyone but AWS and its partners.
    EOT
  }
}

variable "archive_retention_days" {
  description = "Days events stay in the archive; 0 keeps them for ever."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.archive_retention_days >= 0 && floor(var.archive_retention_days) == var.archive_retention_days
    error_message = "archive_retention_days must be a whole number of days, 0 (keep for ever) or more."
  }
}
