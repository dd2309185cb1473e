# The environment's name ends the name of every resource, and has to fit there.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  profile_table_name = "BayonCoAgent-staging"
}

run "every_name_ends_with_the_environment" {
  command = plan

  variables {
    environment = "staging"
  }

  assert {
    condition = {
      environment                    = output.environment
      event_bus_name                 = output.event_bus_name
      archive_name                   = output.archive_name
      rule_name                      = output.rule_name
      function_name                  = output.function_name
      log_group_name                 = output.log_group_name
      delivery_dead_letter_queue     = output.delivery_dead_letter_queue_name
      failure_queue_name             = output.failure_queue_name
      sync_table_name                = output.sync_table_name
      profile_table_name_as_it_stood = output.profile_table_name
      alarm_name                     = output.alarm_names["function_errors"]
      alarm_topic_name               = module.alarms.topic_name
      role_name                      = module.handler.role_name
      metric_namespace               = output.metric_namespace
      parked_count_rule_name         = output.parked_count_rule_name
      dashboard_name                 = output.dashboard_name
      saved_query_name               = output.saved_query_names[0]
      } == {
      environment                    = "staging"
      event_bus_name                 = "bayon-stripe-events-staging"
      archive_name                   = "bayon-stripe-events-staging"
      rule_name                      = "bayon-stripe-subscription-events-staging"
      function_name                  = "bayon-stripe-subscription-handler-staging"
      log_group_name                 = "/aws/lambda/bayon-stripe-subscription-handler-staging"
      delivery_dead_letter_queue     = "bayon-stripe-delivery-dlq-staging"
      failure_queue_name             = "bayon-stripe-failures-staging"
      sync_table_name                = "bayon-stripe-sync-staging"
      profile_table_name_as_it_stood = "BayonCoAgent-staging"
      alarm_name                     = "bayon-stripe-function-errors-staging"
      alarm_topic_name               = "bayon-stripe-alarms-staging"
      role_name                      = "bayon-stripe-subscription-handler-staging"
      metric_namespace               = "StripeSubscriptionHandler/bayon/staging"
      parked_count_rule_name         = "bayon-stripe-parked-count-staging"
      dashboard_name                 = "bayon-stripe-pipeline-staging"
      saved_query_name               = "bayon-stripe-queries-staging/decisions-by-reason"
    }
    error_message = "Every name must be <prefix>-stripe-<what>-<environment>."
  }
}

run "a_name_with_capitals_is_refused" {
  command = plan

  variables {
    environment = "Staging"
  }

  expect_failures = [var.environment]
}

run "a_name_of_one_letter_is_refused" {
  command = plan

  variables {
    environment = "p"
  }

  expect_failures = [var.environment]
}

run "a_name_of_22_letters_is_refused" {
  command = plan

  variables {
    environment = "abcdefghijklmnopqrstuv"
  }

  expect_failures = [var.environment]
}

run "prefix_and_environment_fit_every_name" {
  command = plan

  variables {
    prefix      = "a-prefix-of-twenty-c"
    environment = "feature-12345"
  }

  assert {
    condition = (
      length(output.archive_name) == 48 && length(output.function_name) <= 64 && length(module.handler.role_name) <= 64
    )
    error_message = "33 characters together must fit an archive's name, and so every other."
  }
}

run "prefix_and_environment_together_are_too_long" {
  command = plan

  variables {
    prefix      = "a-prefix-of-twenty-c"
    environment = "feature-123456"
  }

  expect_failures = [var.environment]
}
