variable "name" {
  description = "Name of the function, its role and its CloudFormation stack (at most 64 characters)."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 64
    error_message = "AWS allows 64 characters in the name of a function and of a role."
  }
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

variable "package_path" {
  description = "Path of the function's zip on this machine. Exactly one of this and `package_s3`."
  type        = string
  default     = null
}

variable "package_s3" {
  description = "The function's zip in S3. Exactly one of this and `package_path`."
  type = object({
    bucket         = string
    key            = string
    object_version = optional(string)
  })
  default = null

  validation {
    condition     = (var.package_s3 == null) != (var.package_path == null)
    error_message = "Give exactly one of package_path and package_s3."
  }
}

variable "runtime" {
  description = "Lambda runtime."
  type        = string
  nullable    = false
}

variable "architecture" {
  description = "Instruction set, `arm64` or `x86_64`."
  type        = string
  nullable    = false
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

variable "log_retention_days" {
  description = "Days the function's logs are kept."
  type        = number
  nullable    = false
}

variable "log_level" {
  description = "Least severe level the function logs."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log group and the environment; null: AWS's own keys."
  type        = string
  default     = null
}
