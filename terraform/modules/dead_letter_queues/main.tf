# Two failure layers, two queues, two body shapes:
#
#   delivery   EventBridge could not hand the event to Lambda. Body: the event itself.
#   failures   Lambda ran the event and failed three times. Body: Lambda's on-failure record.
#
# Neither is the dead-letter queue *of an SQS queue*, so SQS's own redrive applies to neither.

locals {
  # The queue's policy is part of the queue: as a resource of its own it costs a second wait of about 25 s.
  # A queue can't refer to its own ARN, so it is put together here, in the rules' partition, region and account.
  rule_arn_parts = split(":", values(var.rule_arns)[0])
  delivery_queue_arn = join(":", [
    "arn", local.rule_arn_parts[1], "sqs", local.rule_arn_parts[3], local.rule_arn_parts[4], var.delivery_queue_name,
  ])

  # Longer than one invocation of the function (30 s by default), so that whoever takes a message to try it
  # again is done before anyone else sees it.
  visibility_timeout_seconds = 120

  # A queue has one encryption or the other, and the provider wants the other one left out.
  sqs_managed_sse_enabled = var.kms_key_arn == null ? true : null
}

resource "aws_sqs_queue" "delivery" {
  name                       = var.delivery_queue_name
  message_retention_seconds  = var.retention_seconds
  max_message_size           = var.maximum_message_bytes
  visibility_timeout_seconds = local.visibility_timeout_seconds
  sqs_managed_sse_enabled    = local.sqs_managed_sse_enabled
  kms_master_key_id          = var.kms_key_arn

  # Only this allows anything to anyone outside the account's own IAM policies, and only to the rules that lead to the function. There
  # is no extra "deny plain HTTP" statement: EventBridge always uses TLS, and other readers need IAM anyway.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for sid, rule_arn in var.rule_arns : {
      Sid       = sid
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = local.delivery_queue_arn
      Condition = { ArnEquals = { "aws:SourceArn" = rule_arn } }
    }]
  })
}

# No queue policy: Lambda writes here with the function's own role.
resource "aws_sqs_queue" "failure" {
  name                       = var.failure_queue_name
  message_retention_seconds  = var.retention_seconds
  max_message_size           = var.maximum_message_bytes
  visibility_timeout_seconds = local.visibility_timeout_seconds
  sqs_managed_sse_enabled    = local.sqs_managed_sse_enabled
  kms_master_key_id          = var.kms_key_arn
}
