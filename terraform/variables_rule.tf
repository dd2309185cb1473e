# Written by `make contract` from modules/pipeline/variables_rule.tf: change it there.

# Which events reach the function, and how long EventBridge tries to hand them over.

variable "event_types" {
  description = "Stripe event types the rule admits, sessions and customers only if they can matter; a destination's ping always passes."
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
    "v2.core.health.event_generation_failure.resolved",
  ]
  nullable = false

  validation {
    condition     = length(var.event_types) > 0
    error_message = "event_types must name at least one event type."
  }

  validation {
    condition     = length(distinct(var.event_types)) == length(var.event_types)
    error_message = "event_types names an event type twice."
  }

  validation {
    condition = length(setsubtract([for type in var.event_types : trimprefix(type, "v1.")], [
      "checkout.session.completed",
      "customer.created",
      "customer.deleted",
      "customer.subscription.created",
      "customer.subscription.deleted",
      "customer.subscription.paused",
      "customer.subscription.pending_update_applied",
      "customer.subscription.pending_update_expired",
      "customer.subscription.resumed",
      "customer.subscription.trial_will_end",
      "customer.subscription.updated",
      "customer.updated",
      "entitlements.active_entitlement_summary.updated",
      "invoice.marked_uncollectible",
      "invoice.paid",
      "invoice.payment_failed",
      "invoice.payment_succeeded",
      "invoice.voided",
      "v2.core.health.event_generation_failure.resolved",
    ])) == 0
    error_message = <<-EOT
      event_types may hold customer.subscription.created, .updated, .deleted,
      .paused, .resumed, .trial_will_end, .pending_update_applied,
      .pending_update_expired, invoice.payment_succeeded,
      invoice.payment_failed, invoice.paid, invoice.voided,
      invoice.marked_uncollectible, checkout.session.completed,
      customer.created, customer.updated, customer.deleted and
      entitlements.active_entitlement_summary.updated, each also with the
      "v1." that the types of thin events begin with; and
      v2.core.health.event_generation_failure.resolved.
    EOT
  }

  validation {
    condition     = !contains(var.event_types, "v1.entitlements.active_entitlement_summary.updated")
    error_message = <<-EOT
      event_types cannot hold v1.entitlements.active_entitlement_summary.updated:
      Stripe's thin event does not name the customer. Take the type without
      "v1.", and have a destination with snapshot events send it.
    EOT
  }

  validation {
    condition = (
      var.stripe_secret_arn != null || var.stripe_secret_parameter_name != null
      || !anytrue([for type in var.event_types : startswith(type, "v1.")])
    )
    error_message = <<-EOT
      Thin events ("v1." in event_types) carry no object, so the function must
      ask Stripe: give stripe_secret_arn or stripe_secret_parameter_name too.
    EOT
  }
}

variable "target_maximum_event_age_seconds" {
  description = "How long EventBridge tries to hand an event to Lambda, in seconds."
  type        = number
  default     = 86400
  nullable    = false

  validation {
    condition = (
      var.target_maximum_event_age_seconds >= 60 && var.target_maximum_event_age_seconds <= 86400
      && floor(var.target_maximum_event_age_seconds) == var.target_maximum_event_age_seconds
    )
    error_message = "target_maximum_event_age_seconds must be a whole number from 60 to 86400 (24 hours)."
  }
}

variable "target_maximum_retry_attempts" {
  description = "How often EventBridge retries the hand-off to Lambda."
  type        = number
  default     = 185
  nullable    = false

  validation {
    condition = (
      var.target_maximum_retry_attempts >= 0 && var.target_maximum_retry_attempts <= 185
      && floor(var.target_maximum_retry_attempts) == var.target_maximum_retry_attempts
    )
    error_message = "target_maximum_retry_attempts must be a whole number from 0 to 185."
  }
}
