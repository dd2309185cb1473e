# Written by `make contract` from modules/pipeline/variables_tables.tf: change it there.

# The profile table, created here or the app's own, and how a user's profile is found in it.

variable "create_profile_table" {
  description = "Create the profile table; false uses the app's existing table profile_table_name."
  type        = bool
  default     = true
  nullable    = false
}

variable "profile_table_name" {
  description = "Name of the table with the profiles, to create or to use."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.profile_table_name))
    error_message = "profile_table_name must be 3 to 255 letters, digits, dots, hyphens and underscores."
  }
}

variable "partition_key_name" {
  description = "Name of the profile table's partition key, a string."
  type        = string
  default     = "PK"
  nullable    = false

  validation {
    condition     = length(var.partition_key_name) >= 1 && length(var.partition_key_name) <= 255
    error_message = "partition_key_name must have 1 to 255 characters."
  }
}

variable "sort_key_name" {
  description = "Name of the profile table's sort key, a string; null for a table without one."
  type        = string
  default     = "SK"

  validation {
    condition     = var.sort_key_name == null ? true : length(var.sort_key_name) >= 1 && length(var.sort_key_name) <= 255
    error_message = "sort_key_name must have 1 to 255 characters; a table without a sort key is null, not \"\"."
  }

  validation {
    condition     = var.sort_key_name == null ? true : var.sort_key_name != var.partition_key_name
    error_message = "sort_key_name and partition_key_name must differ."
  }
}

variable "partition_key_template" {
  description = "Partition key of a user's profile; {userId} stands for the user's id."
  type        = string
  default     = "USER#{userId}"
  nullable    = false

  validation {
    condition     = length(split("{userId}", var.partition_key_template)) == 2
    error_message = "partition_key_template must contain {userId} exactly once, or users would share a profile."
  }
}

variable "sort_key_template" {
  description = "Sort key of a user's profile; may hold {userId}. Not used without a sort key."
  type        = string
  default     = "PROFILE"
  nullable    = false

  validation {
    condition     = length(var.sort_key_template) > 0
    error_message = "sort_key_template must not be empty: DynamoDB refuses empty keys."
  }
}

variable "deletion_protection_enabled" {
  description = "Protect the tables this stack creates from deletion, terraform destroy included."
  type        = bool
  default     = false
  nullable    = false
}
