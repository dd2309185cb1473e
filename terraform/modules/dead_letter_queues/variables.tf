variable "delivery_queue_name" {
  description = "Name of the delivery dead-letter queue (the rule target's)."
  type        = string
  nullable    = false
}

variable "failure_queue_name" {
  description = "Name of the failure queue (the function's on-failure destination)."
  type        = string
  nullable    = false
}

variable "rule_arns" {
  description = "ARNs of the rules, and of nobody else, that may write to the delivery dead-letter queue, each by its statement's id."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(var.rule_arns) > 0
    error_message = "Name at least one rule: without one the queue would take nothing."
  }
}

variable "retention_seconds" {
  description = "How long a message stays in either queue, in seconds."
  type        = number
  nullable    = false
}

variable "maximum_message_bytes" {
  description = "Largest message either queue takes, in bytes."
  type        = number
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts both queues; null: SQS's own keys."
  type        = string
  default     = null
}
