variable "name" {
  description = "Name of the function, its role and its CloudFormation stack (at most 64 characters)."
  type        = string
  nullable    = false
}

variable "event_bus_name" {
  description = "Name of the bus the events are put on."
  type        = string
  nullable    = false
}

variable "event_bus_arn" {
  description = "ARN of that bus."
  type        = string
  nullable    = false
}

variable "event_source" {
  description = "The `source` of the events."
  type        = string
  nullable    = false
}

variable "signing_secret_arn" {
  description = "ARN of the Secrets Manager secret that holds the endpoint's signing secret. Exactly one of this and `signing_secret_parameter_name`."
  type        = string
  default     = null
}

variable "signing_secret_parameter_name" {
  description = "Name of the SSM parameter that holds the endpoint's signing secret. Exactly one of this and `signing_secret_arn`."
  type        = string
  default     = null

  validation {
    condition     = (var.signing_secret_parameter_name == null) != (var.signing_secret_arn == null)
    error_message = "Give exactly one of signing_secret_arn and signing_secret_parameter_name."
  }
}

variable "signing_secret_kms_key_arn" {
  description = "ARN of the KMS key that the secret or parameter with the signing secret is encrypted with; null: that of `function_settings`, or AWS's own."
  type        = string
  default     = null
}

variable "function_settings" {
  description = "What the functions of the stack have in common: zip, runtime, instruction set, days of logs, KMS key. [function](../function) says more."
  type = object({
    package_path = optional(string)
    package_s3 = optional(object({
      bucket         = string
      key            = string
      object_version = optional(string)
    }))
    runtime            = string
    architecture       = string
    log_retention_days = number
    kms_key_arn        = optional(string)
  })
  nullable = false
}

variable "memory_mb" {
  description = "Memory, in MB; CPU grows with it."
  type        = number
  nullable    = false
}

variable "reserved_concurrent_executions" {
  description = "Concurrency reserved for, and allowed to, the function; null reserves none."
  type        = number
  default     = null
}

variable "log_level" {
  description = "Least severe level the function logs."
  type        = string
  nullable    = false
}

variable "metric_namespace" {
  description = "CloudWatch namespace of the metric."
  type        = string
  nullable    = false
}
