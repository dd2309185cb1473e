# What the function may do, and nothing else: it reads both tables, and writes only its own items of the sync table,
# unless it repairs.

locals {
  # Repairs are made by the handler's own decisions, with the handler's own rights.
  repairing_sids = ["ReadAndUpdateProfiles", "KeepOwnersAndParkedEvents"]

  # What is the same here always: tables encrypted with a key of yours.
  handler_statements = [
    for statement in var.handler_statements : statement
    if contains(concat(["DecryptTables"], var.repair ? local.repairing_sids : []), statement.Sid)
  ]

  statements = concat(
    [
      {
        Sid      = "ReadProfiles"
        Action   = ["dynamodb:BatchGetItem", "dynamodb:Scan"]
        Resource = [var.profile_table_arn]
      },
      {
        # The query is for a subscription that nobody names: who owns the others of its customer?
        Sid      = "ReadOwners"
        Action   = ["dynamodb:BatchGetItem", "dynamodb:Query"]
        Resource = [var.sync_table_arn]
      },
      {
        # How far the pass has got, and by which settings one ended. stripe_subscription_handler.comparison.full_pass.PARTITION.
        Sid       = "KeepOwnPlace"
        Action    = ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
        Resource  = [var.sync_table_arn]
        Condition = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["DRIFT-CHECK", "DRIFT-CHECK#*"] } }
      },
    ],
    local.handler_statements,
  )
}
