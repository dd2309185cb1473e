# Written by `make contract` from modules/pipeline/variables_drift_check.tf: change it there.

# Variables of the drift check, which compares all of Stripe with all profiles on a schedule.

variable "create_drift_check" {
  description = "Compare every subscription in Stripe with every profile on a schedule, and raise an alarm on drift. Null: where there is a Stripe key, without which it cannot be. False turns it off."
  type        = bool
  default     = null

  validation {
    condition     = var.create_drift_check != true || var.stripe_secret_arn != null || var.stripe_secret_parameter_name != null
    error_message = <<-EOT
      create_drift_check needs a Stripe key that may read subscriptions and
      customers: set stripe_secret_arn or stripe_secret_parameter_name.
    EOT
  }
}

variable "drift_check_interval_hours" {
  description = "From the beginning of one pass of the drift check to that of the next, in hours."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.drift_check_interval_hours >= 1 && var.drift_check_interval_hours <= 168 && floor(var.drift_check_interval_hours) == var.drift_check_interval_hours
    error_message = "drift_check_interval_hours must be a whole number from 1 to 168."
  }
}

variable "drift_check_schedule_minutes" {
  description = "How often the drift check is invoked to go on with a pass, or to begin one when it is time; in minutes."
  type        = number
  default     = 15
  nullable    = false

  validation {
    condition     = var.drift_check_schedule_minutes >= 1 && var.drift_check_schedule_minutes <= 1440 && floor(var.drift_check_schedule_minutes) == var.drift_check_schedule_minutes
    error_message = "drift_check_schedule_minutes must be a whole number from 1 to 1440."
  }
}

variable "drift_check_repair" {
  description = "Have the drift check repair what differs, as stripe-handler reconcile --apply does. Its role may write to the tables then."
  type        = bool
  default     = false
  nullable    = false
}

variable "drift_check_second_look_seconds" {
  description = "How long after a difference was seen it is looked at again, in seconds; only what still differs counts."
  type        = number
  default     = 600
  nullable    = false

  validation {
    condition     = var.drift_check_second_look_seconds >= 0 && var.drift_check_second_look_seconds <= 86400 && floor(var.drift_check_second_look_seconds) == var.drift_check_second_look_seconds
    error_message = "drift_check_second_look_seconds must be a whole number from 0 to 86400."
  }
}

variable "drift_check_requests_per_second" {
  description = "Most requests of the drift check to Stripe in a second. Stripe allows 25 for each endpoint, whoever asks; what is left is for the handler and your app."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.drift_check_requests_per_second >= 1 && var.drift_check_requests_per_second <= 25 && floor(var.drift_check_requests_per_second) == var.drift_check_requests_per_second
    error_message = "drift_check_requests_per_second must be a whole number from 1 to 25."
  }
}

variable "drift_check_memory_mb" {
  description = "Memory of the drift check's function, in MB: about 200, and 100 for each million subscriptions."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = var.drift_check_memory_mb >= 256 && var.drift_check_memory_mb <= 10240 && floor(var.drift_check_memory_mb) == var.drift_check_memory_mb
    error_message = "drift_check_memory_mb must be a whole number from 256 to 10240."
  }
}

variable "drift_check_reserved_concurrent_executions" {
  description = "Concurrency reserved for, and allowed to, the drift check. Null reserves none: one invocation works at a time in any case, and an account with a small quota has none to reserve."
  type        = number
  default     = null

  validation {
    condition     = var.drift_check_reserved_concurrent_executions == null ? true : contains([0, 1], var.drift_check_reserved_concurrent_executions)
    error_message = "drift_check_reserved_concurrent_executions must be 1, 0 (which stops the drift check), or null to reserve none."
  }
}

variable "drift_check_alarm_hours" {
  description = "An alarm fires when the drift check has finished no pass for so many hours."
  type        = number
  default     = 36
  nullable    = false

  validation {
    condition     = var.drift_check_alarm_hours >= 1 && var.drift_check_alarm_hours <= 168 && floor(var.drift_check_alarm_hours) == var.drift_check_alarm_hours
    error_message = "drift_check_alarm_hours must be a whole number from 1 to 168."
  }

  validation {
    condition     = var.drift_check_alarm_hours >= var.drift_check_interval_hours
    error_message = "drift_check_alarm_hours must not be less than drift_check_interval_hours: no pass could end in time."
  }
}
