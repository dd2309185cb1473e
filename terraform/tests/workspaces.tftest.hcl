# One workspace is one environment, and all that the root is given reaches the stack.
#
# Terraform runs tests in the workspace that is selected, which has to be "development": `TF_WORKSPACE=development
# terraform test`. What the workspace "default" gets is proved in tests/default_workspace.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "the_stack_of_this_workspace" {
  command = plan

  variables {
    aws_region            = "us-gov-west-1"
    aws_endpoint_url      = "http://127.0.0.1:4566"
    tags                  = { team = "billing" }
    sort_key_name         = null
    create_drift_check    = null
    stripe_secret_arn     = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
    create_profile_events = null # Not nullable: what stands for it is the default.
    alarm_thresholds      = { failure_queue_messages = 3 }
    webhook_bridge        = { signing_secret_parameter_name = "/bayon/webhook-secret", dedicated_bus = true }
  }

  assert {
    condition = {
      environment   = output.environment
      function_name = output.function_name
      alarm_name    = output.alarm_names["function_errors"]
      profile_table = output.profile_table_name
      drift_check   = output.drift_check_function_name
      bridge        = output.webhook_bridge_function_name
      no_events     = output.profile_events_function_name == null
      roles         = sort(keys(output.role_policies))
      } == {
      environment   = "development"
      function_name = "bayon-stripe-subscription-handler-development"
      alarm_name    = "bayon-stripe-function-errors-development"
      profile_table = "BayonCoAgent-development"
      drift_check   = "bayon-stripe-drift-check-development"
      bridge        = "bayon-stripe-webhook-bridge-development"
      no_events     = true
      roles         = tolist(["drift_check", "handler", "webhook_bridge"])
    }
    error_message = "The root must give the module the workspace's name and every variable, null as null."
  }
}

run "a_rule_of_the_module_refuses_at_the_root" {
  command = plan

  variables {
    profile_table_name = "-"
  }

  expect_failures = [var.profile_table_name]
}
