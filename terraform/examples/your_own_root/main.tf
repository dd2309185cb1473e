# A root of your own: your provider, your state, your names for environments. The module makes one whole stack for each
# environment; by their names they never touch each other.

provider "aws" {
  region = var.aws_region

  default_tags {
    tags = { project = "stripe-subscription-handler" }
  }
}

module "stripe" {
  source   = "../../modules/pipeline"
  for_each = var.environments

  environment         = each.key
  prefix              = var.prefix
  lambda_package_path = var.lambda_package_path

  profile_table_name       = each.value.profile_table_name
  create_profile_table     = each.value.create_profile_table
  livemode                 = each.value.livemode
  stripe_event_source_name = each.value.stripe_event_source_name
  alarm_email_addresses    = each.value.alarm_email_addresses
}
