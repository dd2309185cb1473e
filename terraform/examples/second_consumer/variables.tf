variable "event_bus_name" {
  description = "The stack's output event_bus_name (or forwarding_bus_name)."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.event_bus_name) > 0
    error_message = "event_bus_name must be the stack's output: terraform output -raw event_bus_name"
  }
}

variable "environment" {
  description = "The stack's output environment; it ends the names made here."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}$", var.environment))
    error_message = "environment must be the stack's output: terraform output -raw environment"
  }
}

variable "name_prefix" {
  description = "First part of the names made here."
  type        = string
  default     = "bayon"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,18}[a-z0-9]$", var.name_prefix))
    error_message = "name_prefix must be 2 to 20 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "bridge_event_source" {
  description = "The stack's bridge_event_source, where events come from a webhook bridge; else null."
  type        = string
  default     = null

  validation {
    condition     = var.bridge_event_source == null ? true : !startswith(var.bridge_event_source, "aws.")
    error_message = "bridge_event_source must not begin with \"aws.\"; partner events are admitted already."
  }
}

variable "profile_events_source" {
  description = "The stack's output profile_events_source, to hear of changed profiles too; null hears of none."
  type        = string
  default     = null

  validation {
    condition     = var.profile_events_source == null || var.profile_events_bus_name != null
    error_message = "profile_events_source needs profile_events_bus_name: both are outputs of the stack."
  }
}

variable "profile_events_bus_name" {
  description = "The stack's output profile_events_bus_name: the bus that changes of profiles are told on."
  type        = string
  default     = null
}

variable "aws_region" {
  description = "AWS region of the stack; null takes it from the environment or the profile."
  type        = string
  default     = null

  validation {
    condition     = var.aws_region == null ? true : can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", var.aws_region))
    error_message = "aws_region must be a region's code, for example \"us-east-1\", or null."
  }
}
