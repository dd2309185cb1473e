variable "environments" {
  description = "The environments by their names; what differs between them."
  type = map(object({
    profile_table_name       = string
    create_profile_table     = optional(bool, true)
    livemode                 = string
    stripe_event_source_name = optional(string)
    alarm_email_addresses    = optional(set(string), [])
  }))
  nullable = false
  default = {
    staging = {
      profile_table_name = "bayon-profiles-staging"
      livemode           = "test"
    }
    production = {
      profile_table_name = "bayon-profiles-production"
      livemode           = "live"
    }
  }
}

variable "prefix" {
  description = "First part of every name."
  type        = string
  default     = "bayon"
  nullable    = false
}

variable "lambda_package_path" {
  description = "Path of the function's zip, from the directory Terraform runs in."
  type        = string
  default     = "../../../dist/handler.zip"
  nullable    = false
}

variable "aws_region" {
  description = "AWS region, the one chosen in Stripe's event destinations; null takes it from the environment or the profile."
  type        = string
  default     = null
}
