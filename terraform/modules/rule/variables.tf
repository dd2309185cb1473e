variable "name" {
  description = "Name of the rule (at most 64 characters)."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 64
    error_message = "EventBridge allows 64 characters in a rule's name."
  }
}

variable "event_bus_name" {
  description = "Name of the bus the rule reads."
  type        = string
  nullable    = false
}

variable "source_prefix" {
  description = "Beginning of the `source` of Stripe's partner events."
  type        = string
  nullable    = false
}

variable "bridge_event_source" {
  description = "A further, exact `source` to admit: that of a webhook bridge. Null for none."
  type        = string
  default     = null
}

variable "event_types" {
  description = "Stripe event types (`detail-type`) to admit; a destination's ping always is. Of checkout sessions and customers, only those events that can say whose a subscription is."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.event_types) > 0
    error_message = "A rule without event types admits nothing; name at least one."
  }
}

variable "user_id_metadata_key" {
  description = "Metadata key that holds the user's id: customers' events without it do not pass."
  type        = string
  nullable    = false
}

variable "function_name" {
  description = "Name of the function to invoke."
  type        = string
  nullable    = false
}

variable "function_alias_name" {
  description = "Alias by which the function is invoked; null for none."
  type        = string
  default     = null
}

variable "invoked_arn" {
  description = "ARN of what is invoked: the alias, or the function."
  type        = string
  nullable    = false
}

variable "permission_statement_id" {
  description = "Id of the statement in the function's policy; two rules of one function need two."
  type        = string
  default     = "AllowStripeRule"
  nullable    = false
}

variable "maximum_event_age_seconds" {
  description = "How long EventBridge tries to hand an event to Lambda, in seconds."
  type        = number
  nullable    = false
}

variable "maximum_retry_attempts" {
  description = "How often EventBridge retries the hand-off to Lambda."
  type        = number
  nullable    = false
}

variable "dead_letter_queue_arn" {
  description = "ARN of the delivery dead-letter queue: where events go that could not be handed to Lambda."
  type        = string
  nullable    = false
}
