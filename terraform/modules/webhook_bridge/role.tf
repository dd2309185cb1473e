# What the bridge may do, and nothing else. Every statement names the one resource it is about.

locals {
  # The SSM parameter is in the function's own partition, region and account, as the log group is.
  log_group_arn_parts = split(":", aws_cloudwatch_log_group.bridge.arn)
  region              = local.log_group_arn_parts[3]
  parameter_arn = var.signing_secret_parameter_name == null ? null : join(":", [
    "arn", local.log_group_arn_parts[1], "ssm", local.region, local.log_group_arn_parts[4],
    "parameter/${trimprefix(var.signing_secret_parameter_name, "/")}",
  ])

  # What the two services tell KMS when they decrypt for the function: themselves, and the one secret.
  secret_context = (
    var.signing_secret_arn != null ? {
      "kms:ViaService"                  = "secretsmanager.${local.region}.amazonaws.com"
      "kms:EncryptionContext:SecretARN" = var.signing_secret_arn
      } : {
      "kms:ViaService"                      = "ssm.${local.region}.amazonaws.com"
      "kms:EncryptionContext:PARAMETER_ARN" = local.parameter_arn
    }
  )

  statements = concat(
    [
      {
        Sid    = "WriteOwnLogs"
        Effect = "Allow"
        Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
        # ":*" are the streams of this one group: the form of a log group's ARN that IAM wants.
        Resource = ["${aws_cloudwatch_log_group.bridge.arn}:*"]
      },
      {
        Sid      = "PutEventsOnTheBus"
        Effect   = "Allow"
        Action   = ["events:PutEvents"]
        Resource = [var.event_bus_arn]
      },
    ],
    var.signing_secret_arn == null ? [] : [
      {
        Sid      = "ReadSigningSecret"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [var.signing_secret_arn]
      },
    ],
    var.signing_secret_parameter_name == null ? [] : [
      {
        Sid      = "ReadSigningParameter"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter"]
        Resource = [local.parameter_arn]
      },
    ],
    var.kms_key_arn == null ? [] : [
      {
        # Needed where the secret is encrypted with this key too; of no use for anything else.
        Sid       = "DecryptSigningSecret"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = [var.kms_key_arn]
        Condition = { StringEquals = local.secret_context }
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
