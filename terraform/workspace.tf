# One workspace is one environment: the workspace's name is the environment's. What such a name may look like is a rule of
# modules/pipeline; that "default" names none is the root's.

output "environment" {
  description = "The environment: the workspace's name."
  value       = module.pipeline.environment

  # An output's precondition is checked in every plan, a targeted one too.
  precondition {
    condition     = terraform.workspace != "default"
    error_message = <<-EOT
      The workspace "default" names no environment, so nothing is deployed into
      it. Select one first, for example:
      terraform workspace select -or-create development
    EOT
  }
}
