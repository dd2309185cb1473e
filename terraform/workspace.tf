# One workspace is one environment: the workspace's name is the environment's. What such a name may look like is a rule of
# modules/pipeline; that "default" names none is the root's.

output "environment" {
  description = "The environment: the workspace's name."
  value       = module.pipeline.environment

  # An output's precondition is checked in every plan, a targeted one too. By the module, because its outputs are not known
  # yet where Terraform only validates, which is to go well in every workspace.
  precondition {
    condition     = module.pipeline.environment != "default"
    error_message = <<-EOT
      The workspace "default" names no environment, so nothing is deployed into
      it. Select one first, for example:
      terraform workspace select -or-create development
    EOT
  }
}
