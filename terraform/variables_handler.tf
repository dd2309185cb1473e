# Written by `make contract` from modules/pipeline/variables_handler.tf: change it there.

# What the handler makes of an event, and how often Lambda tries one.

variable "user_id_metadata_key" {
  description = "Metadata key of a Stripe subscription that holds the user's id."
  type        = string
  default     = "userId"
  nullable    = false

  validation {
    condition     = can(regex("^[^\\[\\]]{1,40}$", var.user_id_metadata_key))
    error_message = "user_id_metadata_key must be a Stripe metadata key: 1 to 40 characters, without square brackets."
  }
}

variable "user_id_pattern" {
  description = "What a whole user id looks like, as a regular expression; an event that names another fails. Without white space and commas unless told otherwise."
  type        = string
  default     = "[^\\s,]+"
  nullable    = false

  validation {
    condition     = length(var.user_id_pattern) > 0 && can(regexall(var.user_id_pattern, ""))
    error_message = "user_id_pattern must be a regular expression, for example \"user_[0-9]+\"."
  }
}

variable "livemode" {
  description = "Which events to take: live, test, or any. Events of the other mode fail and end in the failure queue."
  type        = string
  default     = "any"
  nullable    = false

  validation {
    condition     = contains(["live", "test", "any"], var.livemode)
    error_message = "livemode must be \"live\", \"test\" or \"any\"."
  }

  # Stripe names the event sources of its sandboxes ed_test_..., those of live mode ed_...
  validation {
    condition = var.stripe_event_source_name == null ? true : !(
      var.livemode == "live" && startswith(var.stripe_event_source_name, "aws.partner/stripe.com/ed_test_")
    )
    error_message = <<-EOT
      livemode is "live", and stripe_event_source_name (ed_test_...) is that of a
      sandbox: every event would be refused. Name the event source of your live
      account's destination, or set livemode to "test".
    EOT
  }

  validation {
    condition = var.stripe_event_source_name == null ? true : !(
      var.livemode == "test" && !startswith(var.stripe_event_source_name, "aws.partner/stripe.com/ed_test_")
    )
    error_message = <<-EOT
      livemode is "test", and stripe_event_source_name is not that of a sandbox
      (ed_test_...): every event would be refused. Name the event source of your
      sandbox's destination, or set livemode to "live".
    EOT
  }
}

variable "unmapped" {
  description = "What becomes of an event whose user nobody can name: park (it waits 30 days for its user), dead-letter (it fails) or ignore."
  type        = string
  default     = "park"
  nullable    = false

  validation {
    condition     = contains(["park", "dead-letter", "ignore"], var.unmapped)
    error_message = "unmapped must be \"park\", \"dead-letter\" or \"ignore\"."
  }
}

variable "create_missing_profile" {
  description = "Give a user without a profile one; false treats the event as unmapped, so that no event recreates a deleted account."
  type        = bool
  default     = true
  nullable    = false
}

variable "connect_events" {
  description = "What becomes of events of connected accounts (Stripe Connect, organisations): skip or handle. Their owners choose the metadata, and so the user."
  type        = string
  default     = "skip"
  nullable    = false

  validation {
    condition     = contains(["skip", "handle"], var.connect_events)
    error_message = "connect_events must be \"skip\" or \"handle\"."
  }
}

variable "forget_deleted_customers" {
  description = "Forget what is stored of a customer that Stripe has deleted (customer.deleted), and of whom it was; false only notes the deletion."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition = !var.forget_deleted_customers || anytrue([
      for type in ["customer.deleted", "v1.customer.deleted"] : contains(var.event_types, type)
    ])
    error_message = "forget_deleted_customers needs customer.deleted among the event_types."
  }
}

variable "log_level" {
  description = "Least severe level the handler logs. Above INFO there are no metrics of writes and skips, above WARNING no alarm on a parked event."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "dynamodb_client" {
  description = "By what the function talks to DynamoDB: auto is a lean client wherever the function's environment is an ordinary one, botocore is botocore's in any case."
  type        = string
  default     = "auto"
  nullable    = false

  validation {
    condition     = contains(["auto", "botocore"], var.dynamodb_client)
    error_message = "dynamodb_client must be auto or botocore."
  }
}

variable "async_maximum_event_age_seconds" {
  description = "How long Lambda keeps an event it could not process yet, in seconds; then it goes to the failure queue."
  type        = number
  default     = 21600
  nullable    = false

  validation {
    condition = (
      var.async_maximum_event_age_seconds >= 60 && var.async_maximum_event_age_seconds <= 21600
      && floor(var.async_maximum_event_age_seconds) == var.async_maximum_event_age_seconds
    )
    error_message = "async_maximum_event_age_seconds must be a whole number from 60 to 21600 (6 hours)."
  }
}

variable "async_maximum_retry_attempts" {
  description = "How often Lambda retries an event after an error: 2 makes three attempts; then it goes to the failure queue."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([0, 1, 2], var.async_maximum_retry_attempts)
    error_message = "async_maximum_retry_attempts must be 0, 1 or 2."
  }
}
