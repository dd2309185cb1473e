variable "name" {
  description = "Name of the rule (at most 64 characters)."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 64
    error_message = "EventBridge allows 64 characters in a rule's name."
  }
}

variable "function_name" {
  description = "Name of the function to invoke."
  type        = string
  nullable    = false
}

variable "function_arn" {
  description = "ARN of the function to invoke."
  type        = string
  nullable    = false
}
