variable "log_group_name" {
  description = "Name of the function's log group."
  type        = string
  nullable    = false
}

variable "namespace" {
  description = "CloudWatch namespace of the metrics; one per environment."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._/#-]{1,255}$", var.namespace)) && !startswith(var.namespace, "AWS/")
    error_message = "namespace must be 1 to 255 letters, digits, dots, hyphens, underscores, slashes and #, and not begin with AWS/."
  }
}
