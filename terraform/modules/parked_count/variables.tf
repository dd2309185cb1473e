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
