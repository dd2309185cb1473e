# What the root decides: in terraform/ it is the workspace's name. Every other variable is in variables_<box>.tf, and the
# stack's own root has it too.

variable "environment" {
  description = "The environment's name, last part of every resource name: <prefix>-stripe-...-<environment>."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}$", var.environment))
    error_message = <<-EOT
      The environment "${var.environment}" can't end a resource name: use 2 to
      21 lower-case letters, digits and hyphens, beginning with a letter, for
      example "development" or "pr-17". In the stack's own root it is the
      workspace: terraform workspace select -or-create development
    EOT
  }

  # The tightest name is the archive's: at most 48 characters for "<prefix>-stripe-events-<environment>".
  validation {
    condition     = length(var.prefix) + length(var.environment) <= 48 - length("-stripe-events-")
    error_message = <<-EOT
      The prefix "${var.prefix}" and the environment "${var.environment}" have
      ${length(var.prefix) + length(var.environment)} characters together; an EventBridge archive's name leaves room for ${48 - length("-stripe-events-")}.
      Shorten one of them.
    EOT
  }
}
