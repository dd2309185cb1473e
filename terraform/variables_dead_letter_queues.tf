# Written by `make contract` from modules/pipeline/variables_dead_letter_queues.tf: change it there.

# Where events wait that failed.

variable "dead_letter_queue_retention_seconds" {
  description = "How long a message stays in the delivery dead-letter queue and the failure queue, in seconds."
  type        = number
  default     = 1209600
  nullable    = false

  validation {
    condition = (
      var.dead_letter_queue_retention_seconds >= 60 && var.dead_letter_queue_retention_seconds <= 1209600
      && floor(var.dead_letter_queue_retention_seconds) == var.dead_letter_queue_retention_seconds
    )
    error_message = "dead_letter_queue_retention_seconds must be a whole number from 60 to 1209600 (14 days)."
  }
}

variable "dead_letter_queue_maximum_message_bytes" {
  description = "Largest message both queues take, in bytes. SQS allows 1048576; provider 5.100 allows no more than the default."
  type        = number
  default     = 262144
  nullable    = false

  validation {
    condition = (
      var.dead_letter_queue_maximum_message_bytes >= 262144 && var.dead_letter_queue_maximum_message_bytes <= 1048576
      && floor(var.dead_letter_queue_maximum_message_bytes) == var.dead_letter_queue_maximum_message_bytes
    )
    error_message = "dead_letter_queue_maximum_message_bytes must be a whole number from 262144 (256 KiB) to 1048576 (1 MiB)."
  }
}
