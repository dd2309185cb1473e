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

variable "restrict_to_rules" {
  description = "Let EventBridge use the key only for the stack's rules. Try it first: AWS does not document whether EventBridge tells KMS the rule, and if it does not, events that cannot be delivered are lost."
  type        = bool
  default     = false
  nullable    = false
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
