# Written by `make contract` from modules/pipeline/variables_webhook_bridge.tf: change it there.

# The webhook bridge, for accounts without a partner event source or while they move to one.

variable "webhook_bridge" {
  description = "Take Stripe's webhooks at a URL and put their events on a bus; null, the default, takes none. Its signing secret is named, never given. Its URL is public: reserved_concurrent_executions (10, say, where the account has 1,000) bounds what a flood takes."
  type = object({
    signing_secret_arn             = optional(string)
    signing_secret_parameter_name  = optional(string)
    signing_secret_kms_key_arn     = optional(string)
    dedicated_bus                  = optional(bool, true)
    reserved_concurrent_executions = optional(number)
  })
  default = null

  validation {
    condition = var.webhook_bridge == null ? true : (
      (var.webhook_bridge.signing_secret_arn == null) != (var.webhook_bridge.signing_secret_parameter_name == null)
    )
    error_message = "webhook_bridge needs exactly one of signing_secret_arn and signing_secret_parameter_name."
  }

  validation {
    condition = try(var.webhook_bridge.signing_secret_arn, null) == null ? true : can(regex(
      "^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$",
      var.webhook_bridge.signing_secret_arn
    ))
    error_message = <<-EOT
      webhook_bridge.signing_secret_arn must be the whole ARN of a Secrets
      Manager secret, with the six characters that Secrets Manager adds to the
      name: it takes the ARN without them, IAM does not. This prints it:
        aws secretsmanager describe-secret --secret-id NAME --query ARN --output text
      Never put the signing secret itself here: Terraform would write it into
      its state.
    EOT
  }

  validation {
    condition = try(var.webhook_bridge.signing_secret_parameter_name, null) == null ? true : (
      can(regex("^[A-Za-z0-9/_.-]+$", var.webhook_bridge.signing_secret_parameter_name))
      && length(var.webhook_bridge.signing_secret_parameter_name) <= 1011
      && !startswith(var.webhook_bridge.signing_secret_parameter_name, "whsec_")
    )
    error_message = <<-EOT
      webhook_bridge.signing_secret_parameter_name must be the name of an SSM
      parameter, for example "/bayon/webhook-secret", not its ARN. Never put the
      signing secret itself here: Terraform would write it into its state.
    EOT
  }

  validation {
    condition = try(var.webhook_bridge.signing_secret_kms_key_arn, null) == null ? true : can(regex(
      "^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.webhook_bridge.signing_secret_kms_key_arn
    ))
    error_message = "webhook_bridge.signing_secret_kms_key_arn must be the ARN of a KMS key, not of an alias: IAM wants the key itself."
  }

  validation {
    condition = (
      var.webhook_bridge == null || var.stripe_event_source_name == null || try(var.webhook_bridge.dedicated_bus, false)
    )
    error_message = <<-EOT
      Beside a partner event source the webhook bridge needs a bus of its own:
      leave webhook_bridge.dedicated_bus true. If it was false so far, apply that
      first, and stripe_event_source_name afterwards: the stack's custom bus is
      then replaced, and events put on it meanwhile would be lost.
    EOT
  }

  validation {
    condition = try(var.webhook_bridge.reserved_concurrent_executions, null) == null ? true : (
      var.webhook_bridge.reserved_concurrent_executions >= 1
      && floor(var.webhook_bridge.reserved_concurrent_executions) == var.webhook_bridge.reserved_concurrent_executions
    )
    error_message = "webhook_bridge.reserved_concurrent_executions must be a whole number, 1 or more, or left out."
  }
}
