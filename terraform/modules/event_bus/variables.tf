variable "name" {
  description = "Our own bus name: the custom bus's, or the forwarding bus's where a partner event source is used."
  type        = string
  nullable    = false
}

variable "environment" {
  description = "The environment's name, for descriptions."
  type        = string
  nullable    = false
}

variable "partner_event_source_name" {
  description = "Stripe's partner event source; the bus takes its name. Null makes a custom bus called `name`."
  type        = string
  default     = null

  validation {
    condition = var.partner_event_source_name == null ? true : can(
      regex("^aws\\.partner/stripe\\.com/.+", var.partner_event_source_name)
    )
    error_message = "A Stripe event source is called aws.partner/stripe.com/ed_... ."
  }
}

variable "create_forwarding_bus" {
  description = "Create a custom bus called `name` that gets every Stripe event from the partner bus."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.create_forwarding_bus || var.partner_event_source_name != null
    error_message = "A forwarding bus needs a partner event source to forward from."
  }
}

variable "forwarding_name" {
  description = "Name of the forwarding rule and of its role."
  type        = string
  nullable    = false
}

variable "source_prefix" {
  description = "Beginning of the `source` of Stripe's partner events."
  type        = string
  nullable    = false
}

variable "bridge_event_source" {
  description = "A further, exact `source` to archive: that of a webhook bridge. Null for none."
  type        = string
  default     = null
}

variable "archive_name" {
  description = "Name of the archive (at most 48 characters)."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.archive_name) <= 48
    error_message = "EventBridge allows 48 characters in an archive's name."
  }
}

variable "archive_retention_days" {
  description = "Days an event stays in the archive; 0 keeps it for ever."
  type        = number
  nullable    = false

  validation {
    condition     = var.archive_retention_days >= 0 && floor(var.archive_retention_days) == var.archive_retention_days
    error_message = "archive_retention_days is a whole number of days, 0 (keep for ever) or more."
  }
}
