# Written by `make contract` from modules/pipeline/variables_encryption.tf: change it there.

# Keys of your own, instead of those of AWS.

variable "kms_key_arn" {
  description = "ARN of a customer-managed KMS key for queues, tables created here, logs, alarm topic and function; null: AWS's own keys."
  type        = string
  default     = null

  validation {
    condition = (
      var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    )
    error_message = <<-EOT
      kms_key_arn must be the ARN of a KMS key, for example
      "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab".
      An alias will not do: IAM and CloudWatch Logs want the key itself.
    EOT
  }
}

variable "profile_table_kms_key_arn" {
  description = "ARN of the customer-managed KMS key of an existing profile table, so that the function may use it; null: it has none."
  type        = string
  default     = null

  validation {
    condition = (
      var.profile_table_kms_key_arn == null ? true :
      can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.profile_table_kms_key_arn))
    )
    error_message = "profile_table_kms_key_arn must be the ARN of a KMS key, as the table's SSEDescription shows it (KMSMasterKeyArn)."
  }

  validation {
    condition     = var.profile_table_kms_key_arn == null || !var.create_profile_table
    error_message = "profile_table_kms_key_arn is for an existing profile table; one that is created here takes kms_key_arn."
  }
}
