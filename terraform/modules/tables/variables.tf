variable "create_profile_table" {
  description = "Create the profile table; false uses the app's existing one."
  type        = bool
  nullable    = false
}

variable "profile_table_name" {
  description = "Name of the profile table, created or existing."
  type        = string
  nullable    = false
}

variable "partition_key_name" {
  description = "Name of the profile table's partition key (a string)."
  type        = string
  nullable    = false
}

variable "sort_key_name" {
  description = "Name of the profile table's sort key (a string); null for a table without one."
  type        = string
  default     = null
}

variable "sync_table_name" {
  description = "Name of the sync table."
  type        = string
  nullable    = false
}

variable "needs_stream" {
  description = "Switch on the stream of the profile table created here, and refuse an existing table without one, or with one that does not show both sides of a change."
  type        = bool
  default     = false
  nullable    = false
}

variable "deletion_protection_enabled" {
  description = "Protect the tables created here from deletion."
  type        = bool
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the tables created here; null: the account's AWS-managed key of DynamoDB."
  type        = string
  default     = null
}
