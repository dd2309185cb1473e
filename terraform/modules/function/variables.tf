variable "name" {
  description = "Name of the function and of its role (at most 64 characters)."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 64
    error_message = "AWS allows 64 characters in the name of a function and of a role."
  }
}

variable "description" {
  description = "What the function does, in one sentence."
  type        = string
  nullable    = false
}

variable "entry_point" {
  description = "The Python function in the zip that Lambda calls."
  type        = string
  nullable    = false
}

variable "settings" {
  description = "What the functions of a stack have in common: their zip (exactly one of `package_path` and `package_s3`), runtime, instruction set, days of logs, and a KMS key for logs and environment (null: AWS's own)."
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

  validation {
    condition     = (var.settings.package_s3 == null) != (var.settings.package_path == null)
    error_message = "Give exactly one of package_path and package_s3."
  }
}

variable "memory_mb" {
  description = "Memory, in MB; CPU grows with it."
  type        = number
  nullable    = false
}

variable "timeout_seconds" {
  description = "Longest run of one invocation, in seconds."
  type        = number
  nullable    = false
}

variable "reserved_concurrent_executions" {
  description = "Concurrency reserved for, and allowed to, the function; null reserves none."
  type        = number
  default     = null
}

variable "environment_variables" {
  description = "The function's environment, but for where its secret is."
  type        = map(string)
  nullable    = false
}

variable "statements" {
  description = "What the role allows besides the function's own log, its secret and traces."
  type = list(object({
    Sid       = string
    Action    = list(string)
    Resource  = list(string)
    Condition = optional(map(map(list(string))))
  }))
  nullable = false
}

variable "secret" {
  description = "The one secret that the function reads: its ARN in Secrets Manager, or the name of an SSM parameter; the environment variables that tell it which; the word that names it in the statements' ids; and the KMS key that it is encrypted with (null: that of `settings`, or AWS's own). Null, or neither ARN nor name: none."
  type = object({
    label              = string
    arn                = optional(string)
    arn_variable       = string
    parameter_name     = optional(string)
    parameter_variable = string
    kms_key_arn        = optional(string)
  })
  default = null

  validation {
    condition     = try(var.secret.arn, null) == null || try(var.secret.parameter_name, null) == null
    error_message = "Give at most one of arn and parameter_name."
  }
}

variable "xray_tracing_enabled" {
  description = "Record X-Ray traces."
  type        = bool
  default     = false
  nullable    = false
}

variable "snap_start_enabled" {
  description = "Publish versions with a snapshot of the started function (SnapStart)."
  type        = bool
  default     = false
  nullable    = false
}
