# Written by `make contract` from modules/pipeline/variables_profile_events.tf: change it there.

# Variables of the profile events, which tell a bus what changed in the profiles.

variable "create_profile_events" {
  description = "Tell every change of a profile on a bus, as \"Subscription Profile Changed\". Reads the profile table's stream, which a table of your own must have."
  type        = bool
  default     = false
  nullable    = false
}

variable "profile_events_bus_arn" {
  description = "ARN of the bus the changes are told on, of any account that lets this one in; null: the account's default bus, which always exists."
  type        = string
  default     = null

  validation {
    condition = var.profile_events_bus_arn == null ? true : (
      can(regex("^arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9._/-]{1,256}$", var.profile_events_bus_arn))
      && !strcontains(var.profile_events_bus_arn, ":event-bus/aws.partner/")
    )
    error_message = <<-EOT
      profile_events_bus_arn must be the whole ARN of an event bus, for example
      "arn:aws:events:eu-west-1:111122223333:event-bus/app". AWS lets nobody but
      the partner put events on a partner's bus.
    EOT
  }
}

variable "profile_events_source" {
  description = "The `source` of the changes; null: <prefix>-stripe-profiles-<environment>, so that environments which share a bus are told apart."
  type        = string
  default     = null

  validation {
    condition = var.profile_events_source == null ? true : (
      can(regex("^[A-Za-z0-9._/-]{1,256}$", var.profile_events_source)) && !startswith(var.profile_events_source, "aws.")
    )
    error_message = <<-EOT
      profile_events_source must be 1 to 256 letters, digits, dots, hyphens,
      underscores and slashes, and must not begin with "aws.": EventBridge
      refuses such sources from anyone but AWS and its partners.
    EOT
  }

  validation {
    condition = var.profile_events_source == null ? true : !contains(
      compact([var.bridge_event_source, "stripe-webhook-bridge"]), var.profile_events_source
    )
    error_message = "profile_events_source must not be the webhook bridge's source: the handler would take the changes for events of Stripe's."
  }
}

variable "profile_events_attributes" {
  description = "Attributes of the profile a change of which is told; null: those that a user can see (access, plan, seats, cancellation, payments, features). Names of profile_attributes may be among them."
  type        = list(string)
  default     = null

  validation {
    condition = var.profile_events_attributes == null ? true : length(setsubtract(
      var.profile_events_attributes, concat(local.view_attributes, keys(var.profile_attributes))
    )) == 0
    error_message = <<-EOT
      profile_events_attributes has a name that no profile shows:
      ${try(join(", ", setsubtract(var.profile_events_attributes, concat(local.view_attributes, keys(var.profile_attributes)))), "")}.
      It takes the attributes of docs/reading-a-profile.md and those of
      profile_attributes: nothing else of your app's is ever told.
    EOT
  }

  validation {
    condition     = var.profile_events_attributes == null ? true : length(var.profile_events_attributes) > 0
    error_message = "profile_events_attributes must have a name at least, or be null for the default."
  }
}

variable "profile_events_batch_size" {
  description = "Changes in one invocation at most; there are several only where they come faster than they are told."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.profile_events_batch_size >= 1 && var.profile_events_batch_size <= 1000 && floor(var.profile_events_batch_size) == var.profile_events_batch_size
    error_message = "profile_events_batch_size must be a whole number from 1 to 1000."
  }
}

variable "profile_events_batching_window_seconds" {
  description = "How long Lambda gathers changes before it invokes the function, in seconds: fewer invocations, later news."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.profile_events_batching_window_seconds >= 0 && var.profile_events_batching_window_seconds <= 300 && floor(var.profile_events_batching_window_seconds) == var.profile_events_batching_window_seconds
    error_message = "profile_events_batching_window_seconds must be a whole number from 0 to 300."
  }
}

variable "profile_events_parallelization_factor" {
  description = "Batches of one shard of the stream at a time; one user's changes stay in order."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.profile_events_parallelization_factor >= 1 && var.profile_events_parallelization_factor <= 10 && floor(var.profile_events_parallelization_factor) == var.profile_events_parallelization_factor
    error_message = "profile_events_parallelization_factor must be a whole number from 1 to 10."
  }
}

variable "profile_events_maximum_retry_attempts" {
  description = "How often a batch that failed is given again before it goes to the profile events' queue; the changes behind it wait so long."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.profile_events_maximum_retry_attempts >= 0 && var.profile_events_maximum_retry_attempts <= 10000 && floor(var.profile_events_maximum_retry_attempts) == var.profile_events_maximum_retry_attempts
    error_message = "profile_events_maximum_retry_attempts must be a whole number from 0 to 10000."
  }
}

variable "profile_events_maximum_record_age_seconds" {
  description = "How old a change that could not be told may become before it goes to the profile events' queue, in seconds. The stream keeps it 24 hours."
  type        = number
  default     = 21600
  nullable    = false

  validation {
    condition     = var.profile_events_maximum_record_age_seconds >= 60 && var.profile_events_maximum_record_age_seconds <= 79200 && floor(var.profile_events_maximum_record_age_seconds) == var.profile_events_maximum_record_age_seconds
    error_message = <<-EOT
      profile_events_maximum_record_age_seconds must be a whole number from 60 to
      79200 (22 hours): the stream keeps a change for 24 hours, and somebody must
      have time to send it again.
    EOT
  }
}
