# What Lambda runs, and how. The zip, runtime, instruction set and days of logs are those of every function of the stack.

variable "lambda_package_path" {
  description = "Path of the function's zip, from the directory Terraform runs in. Exactly one of this and lambda_package_s3."
  type        = string
  default     = null

  validation {
    condition     = (var.lambda_package_path == null) != (var.lambda_package_s3 == null)
    error_message = <<-EOT
      Give exactly one of lambda_package_path (a zip on this machine, made by
      "make zip") and lambda_package_s3 (a zip already in S3).
    EOT
  }

  validation {
    condition     = var.lambda_package_path == null ? true : fileexists(var.lambda_package_path)
    error_message = "There is no file at lambda_package_path. Build the zip first: make zip."
  }
}

variable "lambda_package_s3" {
  description = "The function's zip in S3, instead of lambda_package_path. Name object_version if the key stays the same."
  type = object({
    bucket         = string
    key            = string
    object_version = optional(string)
  })
  default = null

  validation {
    condition = var.lambda_package_s3 == null ? true : (
      can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.lambda_package_s3.bucket))
      && length(var.lambda_package_s3.key) > 0
    )
    error_message = "lambda_package_s3 needs a bucket's name and a key, for example { bucket = \"artifacts\", key = \"handler.zip\" }."
  }
}

variable "lambda_runtime" {
  description = "Lambda runtime; build the zip for the same one. AWS provider 5.100 knows python3.12 and python3.13; python3.14 needs 6.20."
  type        = string
  default     = "python3.13"
  nullable    = false

  validation {
    condition     = can(regex("^python3\\.1[2-9]$", var.lambda_runtime))
    error_message = <<-EOT
      lambda_runtime must be a Python runtime from python3.12 on, for example
      "python3.13". AWS has deprecated python3.11: it runs on Amazon Linux 2,
      which AWS no longer maintains.
    EOT
  }
}

variable "lambda_architecture" {
  description = "Instruction set of the function. The zip holds pure Python and runs on both; arm64 costs less."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.lambda_architecture)
    error_message = "lambda_architecture must be \"arm64\" or \"x86_64\"."
  }
}

variable "lambda_memory_mb" {
  description = "The function's memory, in MB. CPU grows with it."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition = (
      var.lambda_memory_mb >= 128 && var.lambda_memory_mb <= 10240
      && floor(var.lambda_memory_mb) == var.lambda_memory_mb
    )
    error_message = "lambda_memory_mb must be a whole number from 128 to 10240."
  }
}

variable "lambda_timeout_seconds" {
  description = "Longest run of one invocation, in seconds."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition = (
      var.lambda_timeout_seconds >= 5 && var.lambda_timeout_seconds <= 110
      && floor(var.lambda_timeout_seconds) == var.lambda_timeout_seconds
    )
    error_message = <<-EOT
      lambda_timeout_seconds must be a whole number from 5 to 110: less leaves
      no room for a slow answer of DynamoDB or Stripe, more outlives the 120
      seconds a dead letter stays hidden while it is tried again.
    EOT
  }
}

variable "lambda_reserved_concurrent_executions" {
  description = "Concurrency reserved for, and allowed to, the function. Null reserves none; 0 stops it: events go to the failure queue."
  type        = number
  default     = null

  validation {
    condition = var.lambda_reserved_concurrent_executions == null ? true : (
      var.lambda_reserved_concurrent_executions >= 0
      && floor(var.lambda_reserved_concurrent_executions) == var.lambda_reserved_concurrent_executions
    )
    error_message = "lambda_reserved_concurrent_executions must be a whole number, 0 or more, or null to reserve none."
  }
}

variable "lambda_snap_start_enabled" {
  description = "Start the function from a snapshot (SnapStart): publishes versions and invokes the newest by an alias. Costs extra."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Days the function's logs are kept; 0 keeps them for ever."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition = contains([
      0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_retention_days)
    error_message = <<-EOT
      log_retention_days must be one of CloudWatch's: 0 (for ever), 1, 3, 5, 7,
      14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
      2922, 3288, 3653.
    EOT
  }
}

variable "xray_tracing_enabled" {
  description = "Record X-Ray traces of the function. At a few events an hour nearly each is sampled, at up to $5.00 a million: more than all the rest."
  type        = bool
  default     = false
  nullable    = false
}
