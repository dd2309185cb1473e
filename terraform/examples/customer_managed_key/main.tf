# A customer-managed KMS key for one environment of the stack, and a policy that lets in exactly the services
# which use it for that environment. Apply this first, then the stack with `kms_key_arn`.
#
# A root of its own, because a key outlives a stack: messages, logs and backups that were encrypted with it
# can be read as long as the key is there, and not a day longer.

provider "aws" {
  region = var.aws_region
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id
  region    = data.aws_region.current.id

  # As the stack names them. They don't have to exist yet.
  name_format = "${var.prefix}-stripe-%s-${var.environment}"

  # Both rules whose undelivered events go to the encrypted queue. On any bus: `connect` gives the stack another one.
  rules = ["subscription-events", "bridge-events"]
  rule_arns = [
    for rule in local.rules :
    "arn:${local.partition}:events:${local.region}:${local.account}:rule/*/${format(local.name_format, rule)}"
  ]

  # Every function of the stack has a log group, the optional ones too.
  functions = ["subscription-handler", "webhook-bridge", "drift-check", "profile-events"]
  log_group_arns = [
    for function in local.functions :
    "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/lambda/${format(local.name_format, function)}"
  ]
}

resource "aws_kms_key" "encryption" {
  description             = "Stripe events and profiles of the environment ${var.environment}."
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # IAM policies decide who of this account uses and administers the key: the function's role (the stack
        # gives it what it needs), your app, whoever reads the queues and logs, and whoever applies the stack.
        Sid       = "LetIamPoliciesDecide"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      merge(
        {
          Sid       = "EventBridgeToDeliveryQueue"
          Effect    = "Allow"
          Principal = { Service = "events.amazonaws.com" }
          Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
          Resource  = "*"
        },
        # Events that reach no function would be lost under a condition that EventBridge does not meet, and AWS does not
        # say whether it names the rule to KMS. So it is a choice; the queue's own policy says who may send to it.
        { for key in var.restrict_to_rules ? ["Condition"] : [] : key => { ArnLike = { "aws:SourceArn" = local.rule_arns } } },
      ),
      {
        Sid       = "AlarmsToTopic"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = {
          StringEquals = { "aws:SourceAccount" = local.account }
          ArnLike = {
            "aws:SourceArn" = "arn:${local.partition}:cloudwatch:${local.region}:${local.account}:alarm:${format(local.name_format, "*")}"
          }
        }
      },
      {
        Sid       = "LogsOfTheFunctions"
        Effect    = "Allow"
        Principal = { Service = "logs.${local.region}.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "*"
        Condition = {
          ArnEquals = { "kms:EncryptionContext:aws:logs:arn" = local.log_group_arns }
        }
      },
    ]
  })
}

resource "aws_kms_alias" "encryption" {
  name          = "alias/${var.prefix}-stripe-${var.environment}"
  target_key_id = aws_kms_key.encryption.key_id
}
