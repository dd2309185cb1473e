variable "prefix" {
  description = "The stack's prefix."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,18}[a-z0-9]$", var.prefix))
    error_message = "prefix must be the stack's: 2 to 20 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "environment" {
  description = "The environment: the name of the stack's workspace."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}$", var.environment))
    error_message = "environment must be the name of the stack's workspace, for example \"production\"."
  }
}

variable "stripe_event_source_name" {
  description = "The stack's stripe_event_source_name; null for a custom bus."
  type        = string
  default     = null

  validation {
    condition     = var.stripe_event_source_name == null ? true : startswith(var.stripe_event_source_name, "aws.partner/stripe.com/")
    error_message = "stripe_event_source_name must be a partner event source of Stripe's, aws.partner/stripe.com/ed_..., or null."
  }
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
