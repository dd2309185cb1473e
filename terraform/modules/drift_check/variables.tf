variable "name" {
  description = "Name of the function, its role and its schedule (at most 55 characters: the schedule's role adds 9)."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.name) <= 55
    error_message = "AWS allows 64 characters in the name of a role, and the schedule's role adds 9."
  }
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
  description = "Memory, in MB; CPU grows with it. 100 MB for each million subscriptions, and 200."
  type        = number
  nullable    = false
}

variable "reserved_concurrent_executions" {
  description = "Concurrency reserved for, and allowed to, the function; null reserves none."
  type        = number
  default     = null
}

variable "handler_environment_variables" {
  description = "Environment variables of the handler: what is right is decided with the same settings, and Stripe asked with the same key."
  type        = map(string)
  nullable    = false
}

variable "stripe_secret_kms_key_arn" {
  description = "ARN of the KMS key that the secret or parameter with the Stripe API key is encrypted with; null: that of `function_settings`, or AWS's own."
  type        = string
  default     = null
}

variable "handler_statements" {
  description = "Statements of the handler's role; those about a key of the tables and, to repair, about the tables are taken over."
  type = list(object({
    Sid       = string
    Action    = list(string)
    Resource  = list(string)
    Condition = optional(map(map(list(string))))
  }))
  nullable = false
}

variable "interval_hours" {
  description = "From one pass's beginning to the next one's, in hours."
  type        = number
  nullable    = false
}

variable "schedule_minutes" {
  description = "How often the function is invoked to go on with a pass, in minutes."
  type        = number
  nullable    = false
}

variable "repair" {
  description = "Whether what differs is repaired, by the decisions of live events."
  type        = bool
  nullable    = false
}

variable "second_look_seconds" {
  description = "How long after a difference was seen it is looked at again, in seconds; events still on their way arrive meanwhile."
  type        = number
  nullable    = false
}

variable "requests_per_second" {
  description = "Most requests to Stripe in a second."
  type        = number
  nullable    = false
}

variable "metric_namespace" {
  description = "CloudWatch namespace of the metric."
  type        = string
  nullable    = false
}

variable "profile_table_arn" {
  description = "ARN of the profile table."
  type        = string
  nullable    = false
}

variable "sync_table_arn" {
  description = "ARN of the sync table."
  type        = string
  nullable    = false
}
