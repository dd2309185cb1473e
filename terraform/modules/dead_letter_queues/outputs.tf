output "delivery_queue_name" {
  description = "Name of the delivery dead-letter queue."
  value       = aws_sqs_queue.delivery.name
}

output "delivery_queue_url" {
  description = "URL of the delivery dead-letter queue."
  value       = aws_sqs_queue.delivery.url
}

output "delivery_queue_arn" {
  description = "ARN of the delivery dead-letter queue."
  value       = aws_sqs_queue.delivery.arn
}

output "failure_queue_name" {
  description = "Name of the failure queue."
  value       = aws_sqs_queue.failure.name
}

output "failure_queue_url" {
  description = "URL of the failure queue."
  value       = aws_sqs_queue.failure.url
}

output "failure_queue_arn" {
  description = "ARN of the failure queue."
  value       = aws_sqs_queue.failure.arn
}

output "delivery_queue_policy" {
  description = "The delivery dead-letter queue's policy, as JSON."
  value       = aws_sqs_queue.delivery.policy
}

output "limits" {
  description = "How long and how much each queue keeps."
  value = {
    delivery = {
      retention_seconds     = aws_sqs_queue.delivery.message_retention_seconds
      maximum_message_bytes = aws_sqs_queue.delivery.max_message_size
    }
    failure = {
      retention_seconds     = aws_sqs_queue.failure.message_retention_seconds
      maximum_message_bytes = aws_sqs_queue.failure.max_message_size
    }
  }
}

output "encryption" {
  description = "How each queue is encrypted: by SQS's own keys, or by a KMS key."
  value = {
    delivery = {
      sqs_managed = aws_sqs_queue.delivery.sqs_managed_sse_enabled
      kms_key_arn = aws_sqs_queue.delivery.kms_master_key_id
    }
    failure = {
      sqs_managed = aws_sqs_queue.failure.sqs_managed_sse_enabled
      kms_key_arn = aws_sqs_queue.failure.kms_master_key_id
    }
  }
}
