# The bus, its archive, the rule that reads it, and the forwarding bus.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "custom_bus_under_our_own_name" {
  command = plan

  assert {
    condition = (
      output.event_bus_name == "bayon-stripe-events-development"
      && output.event_bus_arn == "arn:aws:events:eu-west-1:111122223333:event-bus/main"
      && module.event_bus.partner_event_source_name == null
      && output.forwarding_bus_name == null
    )
    error_message = "Without an event source the bus must be a custom bus, and there must be no forwarding bus."
  }

  assert {
    condition     = module.rule.event_bus_name == "bayon-stripe-events-development"
    error_message = "The rule must read the custom bus."
  }

  assert {
    condition = (
      module.event_bus.archive_source_arn == output.event_bus_arn
      && output.archive_name == "bayon-stripe-events-development"
      && module.event_bus.archive_retention_days == 30
      && jsondecode(module.event_bus.archive_event_pattern) == { source = [{ prefix = "aws.partner/stripe.com" }] }
    )
    error_message = "The archive must keep Stripe's events of this bus for 30 days."
  }

  assert {
    condition     = module.rule.target_arn == "arn:aws:lambda:eu-west-1:111122223333:function:handler"
    error_message = "The rule must invoke the function."
  }

  assert {
    condition = module.rule.permission == {
      action        = "lambda:InvokeFunction"
      function_name = "bayon-stripe-subscription-handler-development"
      principal     = "events.amazonaws.com"
      source_arn    = "arn:aws:events:eu-west-1:111122223333:rule/main/subscription-events"
    }
    error_message = "Exactly our rule must be permitted to invoke the function."
  }
}

run "bridge_and_retention_by_configuration" {
  command = plan

  variables {
    bridge_event_source    = "stripe-webhook-bridge"
    archive_retention_days = 7
  }

  assert {
    condition = (
      jsondecode(module.event_bus.archive_event_pattern)
      == { source = [{ prefix = "aws.partner/stripe.com" }, "stripe-webhook-bridge"] }
      && module.event_bus.archive_retention_days == 7
    )
    error_message = "The archive must keep what the rule admits."
  }
}

run "partner_bus_has_its_event_sources_name" {
  command = plan

  variables {
    stripe_event_source_name = "aws.partner/stripe.com/ed_test_123"
  }

  override_data {
    target = module.event_bus.data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_test_123", state = "PENDING" }
  }

  assert {
    condition = (
      output.event_bus_name == "aws.partner/stripe.com/ed_test_123"
      && module.event_bus.partner_event_source_name == "aws.partner/stripe.com/ed_test_123"
      && module.rule.event_bus_name == "aws.partner/stripe.com/ed_test_123"
      && output.forwarding_bus_name == null
    )
    error_message = "A partner bus must have its event source's name, and the rule must read it."
  }

  assert {
    condition     = output.archive_name == "bayon-stripe-events-development"
    error_message = "The archive must have our own name in partner mode too: slashes aren't allowed in it."
  }
}

run "forwarding_bus_beside_the_partner_bus" {
  command = plan

  variables {
    stripe_event_source_name = "aws.partner/stripe.com/ed_test_123"
    create_forwarding_bus    = true
  }

  override_data {
    target = module.event_bus.data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_test_123", state = "ACTIVE" }
  }

  assert {
    condition     = output.forwarding_bus_name == "bayon-stripe-events-development"
    error_message = "The forwarding bus must have our own name."
  }

  assert {
    condition = (
      module.rule.event_bus_name == "aws.partner/stripe.com/ed_test_123"
      && module.event_bus.archive_source_arn == "arn:aws:events:eu-west-1:111122223333:event-bus/main"
    )
    error_message = "Rule and archive must stay on the partner bus: forwarding must not stand between Stripe and a profile."
  }

  assert {
    condition     = module.event_bus.forwarding_rule_name == "bayon-stripe-forwarding-development"
    error_message = "The forwarding rule must be named after the environment."
  }

  assert {
    condition = module.alarms.alarms["forwarding_failed_invocations"].dimensions == tomap({
      EventBusName = "aws.partner/stripe.com/ed_test_123"
      RuleName     = "bayon-stripe-forwarding-development"
    })
    error_message = "Events that don't reach the forwarding bus must raise an alarm."
  }
}

# Inside the module, where roles and targets can be seen.

run "forwarding_takes_every_stripe_event" {
  command = plan

  module {
    source = "../event_bus"
  }

  variables {
    name                      = "ours"
    environment               = "development"
    partner_event_source_name = "aws.partner/stripe.com/ed_test_123"
    create_forwarding_bus     = true
    forwarding_name           = "forwarding"
    source_prefix             = "aws.partner/stripe.com"
    archive_name              = "archive"
    archive_retention_days    = 0
  }

  override_data {
    target = data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_test_123", state = "ACTIVE" }
  }

  override_resource {
    target          = aws_cloudwatch_event_bus.stripe
    override_during = plan
    values          = { arn = "arn:aws:events:eu-west-1:111122223333:event-bus/main" }
  }

  override_resource {
    target          = aws_cloudwatch_event_bus.forwarding
    override_during = plan
    values          = { arn = "arn:aws:events:eu-west-1:111122223333:event-bus/forwarding" }
  }

  override_resource {
    target          = aws_cloudwatch_event_rule.forwarding
    override_during = plan
    values          = { arn = "arn:aws:events:eu-west-1:111122223333:rule/main/forwarding" }
  }

  override_resource {
    target          = aws_iam_role.forwarding
    override_during = plan
    values          = { arn = "arn:aws:iam::111122223333:role/forwarding" }
  }

  assert {
    condition = (
      aws_cloudwatch_event_rule.forwarding[0].event_bus_name == "aws.partner/stripe.com/ed_test_123"
      && jsondecode(aws_cloudwatch_event_rule.forwarding[0].event_pattern) == { source = [{ prefix = "aws.partner/stripe.com" }] }
    )
    error_message = "The forwarding rule must admit every Stripe event of the partner bus."
  }

  assert {
    condition = (
      aws_cloudwatch_event_target.forwarding[0].event_bus_name == "aws.partner/stripe.com/ed_test_123"
      && aws_cloudwatch_event_target.forwarding[0].arn == "arn:aws:events:eu-west-1:111122223333:event-bus/forwarding"
      && aws_cloudwatch_event_target.forwarding[0].role_arn == "arn:aws:iam::111122223333:role/forwarding"
    )
    error_message = "The target must be the forwarding bus, with the forwarding role."
  }
}

run "a_source_that_is_not_there_stops_the_plan" {
  command = plan

  module {
    source = "../event_bus"
  }

  variables {
    name                      = "ours"
    environment               = "development"
    partner_event_source_name = "aws.partner/stripe.com/ed_test_12"
    forwarding_name           = "forwarding"
    source_prefix             = "aws.partner/stripe.com"
    archive_name              = "archive"
    archive_retention_days    = 0
  }

  override_data {
    target = data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_test_123", state = "ACTIVE" }
  }

  expect_failures = [data.aws_cloudwatch_event_source.stripe]
}

run "a_source_stripe_has_deleted_stops_the_plan" {
  command = plan

  module {
    source = "../event_bus"
  }

  variables {
    name                      = "ours"
    environment               = "development"
    partner_event_source_name = "aws.partner/stripe.com/ed_test_123"
    forwarding_name           = "forwarding"
    source_prefix             = "aws.partner/stripe.com"
    archive_name              = "archive"
    archive_retention_days    = 0
  }

  override_data {
    target = data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_test_123", state = "DELETED" }
  }

  expect_failures = [data.aws_cloudwatch_event_source.stripe]
}
