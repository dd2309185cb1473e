variable "name" {
  description = "Name of the function and its role (at most 64 characters)."
  type        = string
  nullable    = false
}

variable "failure_queue_name" {
  description = "Name of the queue of changes that could not be told."
  type        = string
  nullable    = false
}

variable "stream_arn" {
  description = "ARN of the profile table's stream, of the view type `NEW_AND_OLD_IMAGES`."
  type        = string
  nullable    = false
}

variable "bus_arn" {
  description = "ARN of the bus that the events are put on."
  type        = string
  nullable    = false
}

variable "event_source" {
  description = "The `source` of the events."
  type        = string
  nullable    = false
}

variable "attributes" {
  description = "Attributes of the profile a change of which is told."
  type        = list(string)
  nullable    = false
}

variable "partition_key_name" {
  description = "Name of the profile table's partition key."
  type        = string
  nullable    = false
}

variable "sort_key_name" {
  description = "Name of the profile table's sort key; null for a table without one."
  type        = string
  default     = null
}

variable "partition_key_template" {
  description = "Value of a profile's partition key, with `{userId}`."
  type        = string
  nullable    = false
}

variable "sort_key_template" {
  description = "Value of a profile's sort key, where there is one; it may hold `{userId}`."
  type        = string
  nullable    = false
}

variable "batch_size" {
  description = "Records in one invocation at most."
  type        = number
  nullable    = false
}

variable "batching_window_seconds" {
  description = "How long Lambda gathers records before it invokes the function; 0: not at all."
  type        = number
  nullable    = false
}

variable "parallelization_factor" {
  description = "Batches of one shard at a time; one user's changes stay in order."
  type        = number
  nullable    = false
}

variable "maximum_retry_attempts" {
  description = "How often a batch that failed is given again before it goes to the queue."
  type        = number
  nullable    = false
}

variable "maximum_record_age_seconds" {
  description = "How old a record that failed may be before it goes to the queue, in seconds."
  type        = number
  nullable    = false
}

variable "queue_retention_seconds" {
  description = "How long the queue keeps a message, in seconds."
  type        = number
  nullable    = false
}

variable "table_kms_key_arns" {
  description = "ARNs of keys of your own that may encrypt the profile table."
  type        = list(string)
  default     = []
  nullable    = false
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

variable "log_level" {
  description = "Least severe level the function logs."
  type        = string
  nullable    = false
}
