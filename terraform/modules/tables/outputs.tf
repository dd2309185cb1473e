output "profile_table_name" {
  description = "Name of the profile table."
  value       = local.profile_table_name
}

output "profile_table_arn" {
  description = "ARN of the profile table."
  value       = local.profile_table_arn
}

output "profile_stream_arn" {
  description = "ARN of the profile table's stream; null or empty where it has none."
  value       = local.profile_stream_arn
}

output "sync_table_name" {
  description = "Name of the sync table."
  value       = aws_dynamodb_table.sync.name
}

output "sync_table_arn" {
  description = "ARN of the sync table."
  value       = aws_dynamodb_table.sync.arn
}

output "parked_index" {
  description = "Index of the sync table that holds the parked events, in the order in which they expire."
  value = {
    name = one(aws_dynamodb_table.sync.global_secondary_index[*].name)
    arn  = "${aws_dynamodb_table.sync.arn}/index/${one(aws_dynamodb_table.sync.global_secondary_index[*].name)}"
  }
}

output "deletion_protection_enabled" {
  description = "Whether the sync table, and the profile table if it was created here, is protected from deletion."
  value       = aws_dynamodb_table.sync.deletion_protection_enabled
}
