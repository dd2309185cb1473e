# What the function may do, and nothing else. Every statement names the one resource it is about.

locals {
  # The SSM parameter is in the function's own partition, region and account, as the log group is.
  log_group_arn_parts = split(":", aws_cloudwatch_log_group.handler.arn)
  region              = local.log_group_arn_parts[3]
  parameter_arn = var.stripe_secret_parameter_name == null ? null : join(":", [
    "arn", local.log_group_arn_parts[1], "ssm", local.region, local.log_group_arn_parts[4],
    "parameter/${trimprefix(var.stripe_secret_parameter_name, "/")}",
  ])

  # What the two services tell KMS when they decrypt for the function: themselves, and the one secret.
  stripe_secret_context = (
    var.stripe_secret_arn != null ? {
      "kms:ViaService"                  = "secretsmanager.${local.region}.amazonaws.com"
      "kms:EncryptionContext:SecretARN" = var.stripe_secret_arn
    } :
    var.stripe_secret_parameter_name != null ? {
      "kms:ViaService"                      = "ssm.${local.region}.amazonaws.com"
      "kms:EncryptionContext:PARAMETER_ARN" = local.parameter_arn
    } : null
  )

  statements = concat(
    [
      {
        Sid    = "WriteOwnLogs"
        Effect = "Allow"
        Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
        # ":*" are the streams of this one group: the form of a log group's ARN that IAM wants.
        Resource = ["${aws_cloudwatch_log_group.handler.arn}:*"]
      },
      {
        # A refused conditional write returns the item. The read is for where no write comes first: a
        # subscription moved to another user, and a missing profile that came while its event was parked.
        Sid      = "ReadAndUpdateProfiles"
        Effect   = "Allow"
        Action   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
        Resource = [var.profile_table_arn]
      },
      {
        # Owner links, and the events that wait for one. Transactions need no action of their own: each part
        # is authorised as the request it stands for, a condition check as ConditionCheckItem.
        Sid    = "KeepOwnersAndParkedEvents"
        Effect = "Allow"
        Action = [
          "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem",
          "dynamodb:Query", "dynamodb:UpdateItem",
        ]
        Resource = [var.sync_table_arn]
      },
      {
        # The hourly count. An index has an ARN of its own; of the index nothing but this is allowed.
        Sid      = "CountParkedEvents"
        Effect   = "Allow"
        Action   = ["dynamodb:Query"]
        Resource = [var.parked_index_arn]
      },
      {
        Sid      = "SendToFailureQueue"
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [var.failure_queue_arn]
      },
    ],
    var.stripe_secret_arn == null ? [] : [
      {
        Sid      = "ReadStripeSecret"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [var.stripe_secret_arn]
      },
    ],
    var.stripe_secret_parameter_name == null ? [] : [
      {
        Sid      = "ReadStripeParameter"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter"]
        Resource = [local.parameter_arn]
      },
    ],
    length(var.table_kms_key_arns) == 0 ? [] : [
      {
        # DynamoDB decrypts a table's own key in the name of whoever reads or writes it.
        Sid       = "DecryptTables"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = var.table_kms_key_arns
        Condition = { StringEquals = { "kms:ViaService" = "dynamodb.${local.region}.amazonaws.com" } }
      },
    ],
    var.kms_key_arn == null ? [] : [
      {
        # SQS takes a new data key in the name of whoever sends, and decrypts it once to verify it.
        Sid       = "EncryptForFailureQueue"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = [var.kms_key_arn]
        Condition = { StringEquals = { "kms:ViaService" = "sqs.${local.region}.amazonaws.com" } }
      },
    ],
    var.kms_key_arn == null || local.stripe_secret_context == null ? [] : [
      {
        # Needed where the secret is encrypted with this key too; of no use for anything else.
        Sid       = "DecryptStripeSecret"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = [var.kms_key_arn]
        Condition = { StringEquals = local.stripe_secret_context }
      },
    ],
    !var.xray_tracing_enabled ? [] : [
      {
        # The one wildcard: AWS has no resource to name for these two actions.
        Sid      = "WriteTraces"
        Effect   = "Allow"
        Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
        Resource = ["*"]
      },
    ],
  )
}

resource "aws_iam_role" "execution" {
  name        = var.name
  description = "Role of the Lambda function ${var.name}."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyLambda"
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "execution" {
  name = "least-privilege"
  role = aws_iam_role.execution.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements
  })
}
