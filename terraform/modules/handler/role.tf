# What the function may do with the tables and the failure queue. Every statement names the one resource it is about.

locals {
  # The tables are in the function's own region.
  region = split(":", var.sync_table_arn)[3]

  statements = concat(
    [
      {
        # A refused conditional write returns the item. The read is for where no write comes first: the owner of
        # a subscription that another user's event is about. The check is for a profile that must not be there. What
        # Stripe shows when the app asks is held against items that are read in batches.
        Sid      = "ReadAndUpdateProfiles"
        Action   = ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:UpdateItem"]
        Resource = [var.profile_table_arn]
      },
      {
        # Owner links, customers' records, and the events that wait. Transactions need no action of their own: each part
        # is authorised as the request it stands for, a condition check as ConditionCheckItem.
        Sid = "KeepOwnersAndParkedEvents"
        Action = [
          "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem",
          "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem",
        ]
        Resource = [var.sync_table_arn]
      },
      {
        # The hourly count. An index has an ARN of its own; of the index nothing but this is allowed.
        Sid      = "CountParkedEvents"
        Action   = ["dynamodb:Query"]
        Resource = [var.parked_index_arn]
      },
      {
        # The same count tells how old the oldest dead letter is: it looks at messages, and hides and deletes none.
        Sid      = "LookIntoDeadLetterQueues"
        Action   = ["sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        Resource = [var.delivery_queue_arn, var.failure_queue_arn]
      },
      {
        Sid      = "SendToFailureQueue"
        Action   = ["sqs:SendMessage"]
        Resource = [var.failure_queue_arn]
      },
    ],
    length(var.table_kms_key_arns) == 0 ? [] : [
      {
        # DynamoDB decrypts a table's own key in the name of whoever reads or writes it.
        Sid       = "DecryptTables"
        Action    = ["kms:Decrypt"]
        Resource  = var.table_kms_key_arns
        Condition = { StringEquals = { "kms:ViaService" = ["dynamodb.${local.region}.amazonaws.com"] } }
      },
    ],
    var.function_settings.kms_key_arn == null ? [] : [
      {
        # SQS takes a new data key in the name of whoever sends, and decrypts it once to verify it; it decrypts what
        # somebody receives in his name too.
        Sid       = "EncryptForFailureQueue"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = [var.function_settings.kms_key_arn]
        Condition = { StringEquals = { "kms:ViaService" = ["sqs.${local.region}.amazonaws.com"] } }
      },
    ],
  )
}
