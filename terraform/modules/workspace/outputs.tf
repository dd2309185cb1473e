output "environment" {
  description = "The environment's name: the workspace's."
  value       = var.workspace
}

output "refusal" {
  description = "Why nothing may be deployed into this workspace, in words for the user; null when it may."
  value       = length(local.problems) == 0 ? null : join("\n", local.problems)
}
