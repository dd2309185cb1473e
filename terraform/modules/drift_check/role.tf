# What the function may do, and nothing else: it reads both tables, and writes only its own items of the sync table,
# unless it repairs.

locals {
  # Statements of the handler's role that are the same here: the Stripe key, and tables encrypted with a key of yours.
  shared_sids = ["ReadStripeSecret", "ReadStripeParameter", "DecryptTables", "DecryptStripeSecret"]

  # Repairs are made by the handler's own decisions, with the handler's own rights.
  repairing_sids = ["ReadAndUpdateProfiles", "KeepOwnersAndParkedEvents"]

  handler_statements = [
    for statement in var.handler_statements : { for name, value in statement : name => value if value != null }
    if contains(concat(local.shared_sids, var.repair ? local.repairing_sids : []), statement.Sid)
  ]

  statements = concat(
    [
      {
        Sid    = "WriteOwnLogs"
        Effect = "Allow"
        Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
        # ":*" are the streams of this one group: the form of a log group's ARN that IAM wants.
        Resource = ["${aws_cloudwatch_log_group.drift_check.arn}:*"]
      },
      {
        Sid      = "ReadProfiles"
        Effect   = "Allow"
        Action   = ["dynamodb:BatchGetItem", "dynamodb:Scan"]
        Resource = [var.profile_table_arn]
      },
      {
        Sid      = "ReadOwners"
        Effect   = "Allow"
        Action   = ["dynamodb:BatchGetItem"]
        Resource = [var.sync_table_arn]
      },
      {
        # How far the pass has got. stripe_subscription_handler.drift.run_table.PARTITION.
        Sid       = "KeepOwnPlace"
        Effect    = "Allow"
        Action    = ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
        Resource  = [var.sync_table_arn]
        Condition = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["DRIFT-CHECK", "DRIFT-CHECK#*"] } }
      },
    ],
    local.handler_statements,
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
