# Written by `make contract` from modules/pipeline/variables_prefix.tf: change it there.

# What every name begins with.

variable "prefix" {
  description = "First part of every resource name: <prefix>-stripe-...-<environment>."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,18}[a-z0-9]$", var.prefix))
    error_message = <<-EOT
      prefix must be 2 to 20 lower-case letters, digits and hyphens, begin with
      a letter and not end with a hyphen, for example "bayon".
    EOT
  }
}
