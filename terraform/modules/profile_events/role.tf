# What the function may do besides writing its log. Every statement names the one resource it is about.

locals {
  region = split(":", var.stream_arn)[3]

  statements = concat(
    [
      {
        # Lambda reads the stream in the role's name. The role may read nothing of the table itself.
        Sid = "ReadProfileStream"
        Action = [
          "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
        ]
        Resource = [var.stream_arn]
      },
      {
        Sid      = "PutEventsOnTheBus"
        Action   = ["events:PutEvents"]
        Resource = [var.bus_arn]
      },
      {
        Sid      = "SendToProfileEventsQueue"
        Action   = ["sqs:SendMessage"]
        Resource = [aws_sqs_queue.failures.arn]
      },
    ],
    length(var.table_kms_key_arns) == 0 ? [] : [
      {
        # DynamoDB decrypts the stream of a table with a key of its own in the name of whoever reads it.
        Sid       = "DecryptProfileStream"
        Action    = ["kms:Decrypt"]
        Resource  = var.table_kms_key_arns
        Condition = { StringEquals = { "kms:ViaService" = ["dynamodb.${local.region}.amazonaws.com"] } }
      },
    ],
    var.function_settings.kms_key_arn == null ? [] : [
      {
        # SQS takes a new data key in the name of whoever sends, and decrypts it once to verify it.
        Sid       = "EncryptForProfileEventsQueue"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = [var.function_settings.kms_key_arn]
        Condition = { StringEquals = { "kms:ViaService" = ["sqs.${local.region}.amazonaws.com"] } }
      },
    ],
  )
}
