# One workspace is one environment: which workspaces are taken, and what they name.
#
# Terraform runs tests in the workspace that is selected, which has to be "development": `TF_WORKSPACE=development
# terraform test`. The files here replace module.workspace, or ask it directly, for every other name. What the
# workspace "default" gets is proved in tests/default_workspace.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  prefix              = "bayon"
  profile_table_name  = "BayonCoAgent-staging"
  lambda_package_path = "./versions.tf" # Any file will do: no provider reads it.
}

run "a_workspace_is_an_environment" {
  command = plan

  module {
    source = "./modules/workspace"
  }

  variables {
    workspace = "production"
  }

  assert {
    condition     = output.environment == "production" && output.refusal == null
    error_message = "The workspace's name must be the environment's."
  }
}

run "default_is_refused_with_the_way_out" {
  command = plan

  module {
    source = "./modules/workspace"
  }

  variables {
    workspace = "default"
  }

  assert {
    condition     = strcontains(output.refusal, "terraform workspace select -or-create development")
    error_message = "The refusal must say how to select a workspace."
  }
}

run "a_name_with_capitals_is_refused" {
  command = plan

  module {
    source = "./modules/workspace"
  }

  variables {
    workspace = "Staging"
  }

  assert {
    condition     = strcontains(output.refusal, "\"Staging\"") && strcontains(output.refusal, "lower-case")
    error_message = "The refusal must name the workspace and the rule."
  }
}

run "a_name_of_one_letter_is_refused" {
  command = plan

  module {
    source = "./modules/workspace"
  }

  variables {
    workspace = "p"
  }

  assert {
    condition     = output.refusal != null
    error_message = "A workspace's name has 2 to 21 characters."
  }
}

run "a_name_of_22_letters_is_refused" {
  command = plan

  module {
    source = "./modules/workspace"
  }

  variables {
    workspace = "abcdefghijklmnopqrstuv"
  }

  assert {
    condition     = output.refusal != null
    error_message = "A workspace's name has 2 to 21 characters."
  }
}

run "prefix_and_workspace_fit_every_name" {
  command = plan

  module {
    source = "./modules/workspace"
  }

  variables {
    prefix    = "a-prefix-of-twenty-c"
    workspace = "feature-12345"
  }

  assert {
    condition = (
      output.refusal == null
      && length("a-prefix-of-twenty-c-stripe-events-feature-12345") == 48
      && length("a-prefix-of-twenty-c-stripe-subscription-handler-feature-12345") <= 64
    )
    error_message = "33 characters together must fit an archive's name, and so every other."
  }
}

run "prefix_and_workspace_together_are_too_long" {
  command = plan

  module {
    source = "./modules/workspace"
  }

  variables {
    prefix    = "a-prefix-of-twenty-c"
    workspace = "feature-123456"
  }

  assert {
    condition     = strcontains(output.refusal, "34 characters together")
    error_message = "The refusal must say how long prefix and workspace are."
  }
}

run "every_name_ends_with_the_workspace" {
  command = plan

  override_module {
    target  = module.workspace
    outputs = { environment = "staging", refusal = null }
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
    error_message = "Every name must be <prefix>-stripe-<what>-<workspace>."
  }
}

run "a_refusal_stops_the_plan" {
  command = plan

  override_module {
    target  = module.workspace
    outputs = { environment = "staging", refusal = "Not here." }
  }

  expect_failures = [output.environment]
}
