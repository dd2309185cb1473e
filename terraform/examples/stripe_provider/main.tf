# Stripe's event destination by Stripe's own Terraform provider, instead of `stripe-handler connect`.
#
# NOT TESTED HERE: the provider could not be fetched where this was written. What stands below follows its
# documentation (docs/resources/v2_core_event_destination.md in stripe/terraform-provider-stripe); this project's
# checks cover its formatting, and nothing else.

provider "aws" {
  region = var.aws_region
}

# The key is read from STRIPE_API_KEY, so that it is in no file and no state.
provider "stripe" {}

data "aws_caller_identity" "current" {}

resource "stripe_v2_core_event_destination" "subscription_events" {
  name                 = "${var.prefix}-stripe-${var.environment}"
  type                 = "amazon_eventbridge"
  event_payload        = "snapshot"
  snapshot_api_version = "2026-10-28.endive"
  enabled_events       = var.event_types

  # By this mark `stripe-handler connect` finds it, and makes no second one.
  metadata = {
    stripe_subscription_handler = "${var.prefix}/${var.environment}"
  }

  amazon_eventbridge {
    aws_account_id = data.aws_caller_identity.current.account_id
    aws_region     = var.aws_region
  }
}
