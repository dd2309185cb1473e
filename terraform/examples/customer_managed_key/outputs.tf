output "key_arn" {
  description = "ARN of the key: the stack's kms_key_arn."
  value       = aws_kms_key.encryption.arn
}

output "key_policy" {
  description = "The key's policy, as JSON."
  value       = aws_kms_key.encryption.policy
}
