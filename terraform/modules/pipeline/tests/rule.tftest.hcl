# Which events the rule admits: by type, and of checkout sessions and customers only what can matter.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "the_default_types_from_stripe_alone" {
  command = plan

  assert {
    condition = jsondecode(module.rule.event_pattern) == {
      source = [{ prefix = "aws.partner/stripe.com" }]
      "$or" = [
        {
          detail-type = [
            "customer.subscription.created",
            "customer.subscription.updated",
            "customer.subscription.deleted",
            "invoice.payment_succeeded",
            "invoice.payment_failed",
            "invoice.paid",
            "invoice.voided",
            "invoice.marked_uncollectible",
            "customer.deleted",
            "entitlements.active_entitlement_summary.updated",
            "v2.core.health.event_generation_failure.resolved",
            "v2.core.event_destination.ping",
          ]
        },
        {
          detail-type = ["checkout.session.completed"]
          detail      = { data = { object = { mode = ["subscription"] } } }
        },
        {
          detail-type = ["customer.created"]
          detail      = { data = { object = { metadata = { userId = [{ exists = true }] } } } }
        },
        {
          detail-type = ["customer.updated"]
          detail      = { data = { previous_attributes = { metadata = { userId = [{ exists = true }] } } } }
        },
      ]
    }
    error_message = "The rule must admit the default types and Stripe's ping, from Stripe alone, and of sessions and customers what can matter."
  }

  assert {
    condition     = length(module.rule.event_pattern) < 2048
    error_message = "EventBridge takes patterns of at most 2048 characters, unless the account's quota is raised."
  }
}

run "types_and_bridge_by_configuration" {
  command = plan

  variables {
    bridge_event_source = "stripe-webhook-bridge"
    event_types         = ["customer.subscription.updated", "invoice.paid"]
  }

  assert {
    condition = jsondecode(module.rule.event_pattern) == {
      source      = [{ prefix = "aws.partner/stripe.com" }, "stripe-webhook-bridge"]
      detail-type = ["customer.subscription.updated", "invoice.paid", "v2.core.event_destination.ping"]
    }
    error_message = "The rule must admit the bridge's source and the configured types; without sessions and customers it needs no alternatives."
  }
}

run "some_of_the_companions" {
  command = plan

  variables {
    event_types          = ["customer.created", "customer.subscription.updated"]
    user_id_metadata_key = "user-id"
  }

  assert {
    condition = jsondecode(module.rule.event_pattern)["$or"] == [
      { detail-type = ["customer.subscription.updated", "v2.core.event_destination.ping"] },
      {
        detail-type = ["customer.created"]
        detail      = { data = { object = { metadata = { "user-id" = [{ exists = true }] } } } }
      },
    ]
    error_message = "Only the configured companions must have an alternative, with the configured metadata key."
  }
}

run "thin_events_pass_by_their_type" {
  command = plan

  variables {
    stripe_secret_parameter_name = "/bayon/stripe-key"
    event_types                  = ["v1.checkout.session.completed", "v1.customer.created", "v1.customer.updated"]
  }

  assert {
    condition = jsondecode(module.rule.event_pattern) == {
      source = [{ prefix = "aws.partner/stripe.com" }]
      detail-type = [
        "v1.checkout.session.completed",
        "v1.customer.created",
        "v1.customer.updated",
        "v2.core.event_destination.ping",
      ]
    }
    error_message = "Thin events carry no object that a pattern could look at."
  }
}

run "a_key_with_a_dot_is_not_named" {
  command = plan

  variables {
    user_id_metadata_key = "user.id"
    event_types          = ["checkout.session.completed", "customer.created", "customer.updated"]
  }

  assert {
    condition = jsondecode(module.rule.event_pattern)["$or"] == [
      { detail-type = ["customer.created", "customer.updated", "v2.core.event_destination.ping"] },
      {
        detail-type = ["checkout.session.completed"]
        detail      = { data = { object = { mode = ["subscription"] } } }
      },
    ]
    error_message = "A pattern takes a dot for a step down: customers' events must then pass by their type."
  }
}

run "a_key_named_like_an_operator_is_not_named" {
  command = plan

  variables {
    user_id_metadata_key = "prefix"
    event_types          = ["customer.updated"]
  }

  assert {
    condition     = jsondecode(module.rule.event_pattern).detail-type == ["customer.updated", "v2.core.event_destination.ping"]
    error_message = "With an operator's name in it, EventBridge would take $or for a field."
  }
}
