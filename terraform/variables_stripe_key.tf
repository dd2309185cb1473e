# Written by `make contract` from modules/pipeline/variables_stripe_key.tf: change it there.

# The Stripe API key: where it is, never what it is.

variable "stripe_secret_arn" {
  description = "ARN of the Secrets Manager secret with the Stripe API key; the function's role may read just that. Null for none."
  type        = string
  default     = null

  validation {
    condition = var.stripe_secret_arn == null ? true : can(
      regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$", var.stripe_secret_arn)
    )
    error_message = <<-EOT
      stripe_secret_arn must be the whole ARN of a Secrets Manager secret,
      arn:aws:secretsmanager:<region>:<account>:secret:<name>-<six characters>.
      Secrets Manager also takes the ARN without the six characters that it adds
      to the name, IAM does not. This prints the whole ARN:
        aws secretsmanager describe-secret --secret-id NAME --query ARN --output text
      Never put the key itself here: Terraform would write it into its state.
    EOT
  }
}

variable "stripe_secret_parameter_name" {
  description = "Name of the SSM parameter with the Stripe API key; the function's role may read just that. Null for none."
  type        = string
  default     = null

  validation {
    condition = var.stripe_secret_parameter_name == null ? true : (
      can(regex("^[A-Za-z0-9/_.-]+$", var.stripe_secret_parameter_name))
      && length(var.stripe_secret_parameter_name) <= 1011
      && !can(regex("^(sk|rk)_(live|test)_", var.stripe_secret_parameter_name))
    )
    error_message = <<-EOT
      stripe_secret_parameter_name must be the name of an SSM parameter, for
      example "/bayon/stripe-key", not its ARN. Never put the key itself here:
      Terraform would write it into its state.
    EOT
  }

  validation {
    condition     = var.stripe_secret_parameter_name == null || var.stripe_secret_arn == null
    error_message = "Give at most one of stripe_secret_arn and stripe_secret_parameter_name."
  }
}

variable "stripe_secret_kms_key_arn" {
  description = "ARN of the customer-managed KMS key that the Stripe key's secret or parameter is encrypted with, so that the functions may use it; null: kms_key_arn, or AWS's own key."
  type        = string
  default     = null

  validation {
    condition = (
      var.stripe_secret_kms_key_arn == null ? true :
      can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.stripe_secret_kms_key_arn))
    )
    error_message = <<-EOT
      stripe_secret_kms_key_arn must be the ARN of a KMS key, not of an alias:
      IAM wants the key itself. The secret names its key:
        aws secretsmanager describe-secret --secret-id NAME --query KmsKeyId
      and this prints the key's ARN:
        aws kms describe-key --key-id KEY --query KeyMetadata.Arn --output text
    EOT
  }

  validation {
    condition = (
      var.stripe_secret_kms_key_arn == null || var.stripe_secret_arn != null || var.stripe_secret_parameter_name != null
    )
    error_message = "stripe_secret_kms_key_arn is for stripe_secret_arn or stripe_secret_parameter_name; give one of them too."
  }
}

variable "stripe_api_url" {
  description = "Where the function asks Stripe: null for Stripe itself; on local AWS, the loopback URL of a stand-in."
  type        = string
  default     = null

  validation {
    condition = var.stripe_api_url == null ? true : can(
      regex("^(https://api\\.stripe\\.com|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?)$", var.stripe_api_url)
    )
    error_message = <<-EOT
      stripe_api_url must be "https://api.stripe.com", which null means too, or
      an http URL of the loopback without a path, for example
      "http://127.0.0.1:12111": a Stripe key is never sent anywhere else.
    EOT
  }
}
