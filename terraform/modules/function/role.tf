# What the function may do, and nothing else. Every statement names the one resource it is about.

locals {
  # The SSM parameter is in the function's own partition, region and account, as the log group is.
  log_group_arn_parts = split(":", aws_cloudwatch_log_group.function.arn)
  region              = local.log_group_arn_parts[3]
  secret_arn          = try(var.secret.arn, null)
  parameter_arn = try(var.secret.parameter_name, null) == null ? null : join(":", [
    "arn", local.log_group_arn_parts[1], "ssm", local.region, local.log_group_arn_parts[4],
    "parameter/${trimprefix(var.secret.parameter_name, "/")}",
  ])

  # The secret may have a key of its own, or that of the stack.
  secret_key_arns = distinct(compact([try(var.secret.kms_key_arn, null), var.settings.kms_key_arn]))

  # What the two services tell KMS when they decrypt for the function: themselves, and the one secret.
  secret_context = (
    local.secret_arn != null ? {
      "kms:ViaService"                  = "secretsmanager.${local.region}.amazonaws.com"
      "kms:EncryptionContext:SecretARN" = local.secret_arn
    } :
    local.parameter_arn != null ? {
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
        Resource = ["${aws_cloudwatch_log_group.function.arn}:*"]
      },
    ],
    [
      for statement in var.statements : {
        for name, value in {
          Sid      = statement.Sid
          Effect   = "Allow"
          Action   = statement.Action
          Resource = statement.Resource
          # As one writes it: a value that is the only one is no list.
          Condition = statement.Condition == null ? null : {
            for operator, keys in statement.Condition :
            operator => { for key, values in keys : key => try(one(values), values) }
          }
        } : name => value if value != null
      }
    ],
    local.secret_arn == null ? [] : [
      {
        Sid      = "Read${var.secret.label}Secret"
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [local.secret_arn]
      },
    ],
    local.parameter_arn == null ? [] : [
      {
        Sid      = "Read${var.secret.label}Parameter"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter"]
        Resource = [local.parameter_arn]
      },
    ],
    length(local.secret_key_arns) == 0 || local.secret_context == null ? [] : [
      {
        # Needed where the secret is encrypted with such a key; of no use for anything else.
        Sid       = "Decrypt${var.secret.label}Secret"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = local.secret_key_arns
        Condition = { StringEquals = local.secret_context }
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

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements
  })
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

  policy = local.policy
}
