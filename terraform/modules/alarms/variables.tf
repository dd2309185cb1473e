variable "topic_name" {
  description = "Name of the SNS topic the alarms notify."
  type        = string
  nullable    = false
}

variable "alarm_name_format" {
  description = "Alarm names, with one `%s` for the alarm's own part."
  type        = string
  nullable    = false

  validation {
    condition     = length(split("%s", var.alarm_name_format)) == 2
    error_message = "alarm_name_format needs exactly one %s, or alarms would share a name."
  }
}

variable "email_addresses" {
  description = "E-mail addresses to subscribe; AWS asks each to confirm."
  type        = set(string)
  nullable    = false
}

variable "delivery_queue_name" {
  description = "Name of the delivery dead-letter queue."
  type        = string
  nullable    = false
}

variable "failure_queue_name" {
  description = "Name of the failure queue."
  type        = string
  nullable    = false
}

variable "function_name" {
  description = "Name of the function."
  type        = string
  nullable    = false
}

variable "function_timeout_seconds" {
  description = "The function's timeout, in seconds; the duration alarm is a fraction of it."
  type        = number
  nullable    = false
}

variable "metrics" {
  description = "The handler's own metrics that alarms watch."
  type = object({
    events_parked       = object({ namespace = string, name = string })
    parked_expiring     = object({ namespace = string, name = string })
    delivery_queue_age  = object({ namespace = string, name = string })
    failure_queue_age   = object({ namespace = string, name = string })
    event_errors        = object({ namespace = string, name = string })
    generation_failures = object({ namespace = string, name = string })
  })
  nullable = false
}

variable "parked_count_rule_name" {
  description = "Name of the rule on the default bus that has parked events counted."
  type        = string
  nullable    = false
}

variable "user_id_metadata_key" {
  description = "Metadata key of a Stripe subscription that holds the user's id; an alarm's description names it."
  type        = string
  nullable    = false
}

variable "event_bus_name" {
  description = "Name of the bus the rule reads."
  type        = string
  nullable    = false
}

variable "rule_name" {
  description = "Name of the rule that invokes the function."
  type        = string
  nullable    = false
}

variable "forwarding_rule_name" {
  description = "Name of the rule that fills the forwarding bus; null if there is none."
  type        = string
  default     = null
}

variable "bridge_function_name" {
  description = "Name of the webhook bridge's function; null if there is none."
  type        = string
  default     = null
}

variable "bridge_refusals_metric" {
  description = "The metric of the events of Stripe's that the webhook bridge refused; null if there is none."
  type        = object({ namespace = string, name = string })
  default     = null

  validation {
    condition     = (var.bridge_refusals_metric == null) == (var.bridge_function_name == null)
    error_message = "bridge_refusals_metric belongs to bridge_function_name: give both, or none."
  }
}

variable "bridge_rule" {
  description = "The rule on the webhook bridge's own bus; null if there is none."
  type        = object({ bus_name = string, name = string })
  default     = null
}

variable "is_rule_fed" {
  description = "Whether events come to the rule's bus; false where they come by the webhook bridge's own bus alone, for now."
  type        = bool
  default     = true
  nullable    = false
}

variable "silence_hours" {
  description = "An alarm fires for each rule that passed no event for so many hours; null for no such alarm."
  type        = number
  default     = null

  validation {
    # CloudWatch evaluates an alarm with periods of an hour over 7 days at most.
    condition = var.silence_hours == null || try(
      var.silence_hours >= 1 && var.silence_hours <= 168 && floor(var.silence_hours) == var.silence_hours, false
    )
    error_message = "silence_hours must be a whole number from 1 to 168, or null."
  }
}

variable "drift_check" {
  description = "The drift check: its function, its metric, and after how many hours without a finished pass an alarm fires; null if there is none."
  type = object({
    function_name          = string
    metric                 = object({ namespace = string, name = string })
    unfinished_after_hours = number
  })
  default = null

  validation {
    # CloudWatch evaluates an alarm with periods of an hour over 7 days at most.
    condition = var.drift_check == null || try(
      var.drift_check.unfinished_after_hours >= 1 && var.drift_check.unfinished_after_hours <= 168
      && floor(var.drift_check.unfinished_after_hours) == var.drift_check.unfinished_after_hours, false
    )
    error_message = "drift_check.unfinished_after_hours must be a whole number from 1 to 168."
  }
}

variable "profile_events" {
  description = "The profile events: their function, and the queue of changes that could not be told; null if there are none."
  type = object({
    function_name      = string
    failure_queue_name = string
  })
  default = null
}

variable "thresholds" {
  description = "Each alarm fires above its threshold."
  type = object({
    delivery_queue_messages                   = number
    delivery_queue_age_seconds                = number
    failure_queue_messages                    = number
    failure_queue_age_seconds                 = number
    function_errors                           = number
    function_duration_fraction_of_timeout     = number
    function_throttles                        = number
    function_async_event_age_seconds          = number
    function_async_events_dropped             = number
    function_destination_delivery_failures    = number
    rule_failed_invocations                   = number
    rule_invocations_sent_to_dlq              = number
    rule_invocations_failed_to_be_sent_to_dlq = number
    rule_throttled                            = number
    parked_events                             = number
    parked_expiring                           = number
    parked_count_failed_invocations           = number
    stripe_unavailable                        = number
    generation_failures                       = number
    drift_found                               = number
    drift_check_errors                        = number
    bridge_errors                             = number
    bridge_refusals                           = number
    profile_events_iterator_age_seconds       = number
    profile_events_errors                     = number
    profile_events_failure_queue_messages     = number
  })
  nullable = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the topic; its policy must let CloudWatch publish. Null: not encrypted with KMS."
  type        = string
  default     = null
}
