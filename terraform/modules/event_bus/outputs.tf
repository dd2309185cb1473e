output "bus_name" {
  description = "Name of the bus Stripe's events arrive on; rules are added here."
  value       = aws_cloudwatch_event_bus.stripe.name
}

output "bus_arn" {
  description = "ARN of that bus."
  value       = aws_cloudwatch_event_bus.stripe.arn
}

output "partner_event_source_name" {
  description = "The partner event source the bus is bound to; null for a custom bus."
  value       = aws_cloudwatch_event_bus.stripe.event_source_name
}

output "archive_name" {
  description = "Name of the archive."
  value       = aws_cloudwatch_event_archive.stripe.name
}

output "archive_arn" {
  description = "ARN of the archive."
  value       = aws_cloudwatch_event_archive.stripe.arn
}

output "archive_source_arn" {
  description = "ARN of the bus the archive records."
  value       = aws_cloudwatch_event_archive.stripe.event_source_arn
}

output "archive_event_pattern" {
  description = "The archive's event pattern, as JSON."
  value       = aws_cloudwatch_event_archive.stripe.event_pattern
}

output "archive_retention_days" {
  description = "Days an event stays in the archive."
  value       = aws_cloudwatch_event_archive.stripe.retention_days
}

output "forwarding_bus_name" {
  description = "Name of the forwarding bus; null if there is none."
  value       = one(aws_cloudwatch_event_bus.forwarding[*].name)
}

output "forwarding_rule_name" {
  description = "Name of the forwarding rule; null if there is none."
  value       = one(aws_cloudwatch_event_rule.forwarding[*].name)
}

output "forwarding_role_trust_policy" {
  description = "Who may use the forwarding rule's role, as JSON; null if there is none."
  value       = one(aws_iam_role.forwarding[*].assume_role_policy)
}

output "forwarding_role_policy" {
  description = "What the forwarding rule's role may do, as JSON; null if there is none."
  value       = one(aws_iam_role_policy.forwarding[*].policy)
}
