# Where a change is kept that could not be told: its place in the stream, without its data. No queue policy: Lambda and
# the function write here with the function's own role.

resource "aws_sqs_queue" "failures" {
  name                      = var.failure_queue_name
  message_retention_seconds = var.queue_retention_seconds

  # Longer than one invocation, so that whoever takes a message to tell it again is done before anyone else sees it.
  visibility_timeout_seconds = 120

  # A queue has one encryption or the other, and the provider wants the other one left out.
  sqs_managed_sse_enabled = var.function_settings.kms_key_arn == null ? true : null
  kms_master_key_id       = var.function_settings.kms_key_arn
}
