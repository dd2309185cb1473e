# Who is told of what, and what one looks at.

variable "alarm_email_addresses" {
  description = "E-mail addresses that get the alarms; AWS asks each to confirm."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alarm_email_addresses : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alarm_email_addresses must hold e-mail addresses, for example [\"ops@example.com\"]."
  }
}

variable "alarm_thresholds" {
  description = "Each alarm fires above its threshold; counts are per 5 minutes. Name only what you change."
  type = object({
    delivery_queue_messages                   = optional(number, 0)
    delivery_queue_age_seconds                = optional(number, 3600)
    failure_queue_messages                    = optional(number, 0)
    failure_queue_age_seconds                 = optional(number, 3600)
    function_errors                           = optional(number, 0)
    function_duration_fraction_of_timeout     = optional(number, 0.8)
    function_throttles                        = optional(number, 0)
    function_async_event_age_seconds          = optional(number, 600)
    function_async_events_dropped             = optional(number, 0)
    function_destination_delivery_failures    = optional(number, 0)
    rule_failed_invocations                   = optional(number, 0)
    rule_invocations_sent_to_dlq              = optional(number, 0)
    rule_invocations_failed_to_be_sent_to_dlq = optional(number, 0)
    rule_throttled                            = optional(number, 0)
    parked_events                             = optional(number, 0)
    parked_expiring                           = optional(number, 0)
    parked_count_failed_invocations           = optional(number, 0)
    stripe_unavailable                        = optional(number, 0)
    generation_failures                       = optional(number, 0)
    drift_found                               = optional(number, 0)
    drift_check_errors                        = optional(number, 0)
    bridge_errors                             = optional(number, 0)
    bridge_refusals                           = optional(number, 0)
    profile_events_iterator_age_seconds       = optional(number, 300)
    profile_events_errors                     = optional(number, 0)
    profile_events_failure_queue_messages     = optional(number, 0)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for threshold in values(var.alarm_thresholds) : threshold >= 0])
    error_message = "Every value of alarm_thresholds must be 0 or more."
  }

  validation {
    condition = (
      var.alarm_thresholds.function_duration_fraction_of_timeout > 0
      && var.alarm_thresholds.function_duration_fraction_of_timeout < 1
    )
    error_message = <<-EOT
      alarm_thresholds.function_duration_fraction_of_timeout must be between 0
      and 1: at 1 it could never fire, because Lambda ends an invocation at its
      timeout.
    EOT
  }

  validation {
    condition     = var.alarm_thresholds.function_async_event_age_seconds >= 240
    error_message = <<-EOT
      alarm_thresholds.function_async_event_age_seconds must be at least 240:
      the normal retries of a failed event come after about 1 and 2 more minutes
      and would raise it.
    EOT
  }
}

variable "alarm_silence_hours" {
  description = "An alarm fires when no event came for so many hours, 1 to 168; 0 for no such alarm. Null: 24, and none where livemode is test."
  type        = number
  default     = null

  validation {
    condition = var.alarm_silence_hours == null || try(
      var.alarm_silence_hours >= 0 && var.alarm_silence_hours <= 168
      && floor(var.alarm_silence_hours) == var.alarm_silence_hours,
      false
    )
    error_message = <<-EOT
      alarm_silence_hours must be a whole number from 1 to 168 (7 days,
      CloudWatch's limit), 0 for no such alarm, or null for the default.
    EOT
  }
}

variable "create_saved_queries" {
  description = "Save queries of the function's log in CloudWatch Logs Insights. LocalStack can't: false there."
  type        = bool
  default     = true
  nullable    = false
}
