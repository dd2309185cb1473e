# The output that tells operators what each role may do. Every function and every option that adds a statement is in
# one of the runs, so the contract tests read here what the code is permitted (tests/support/terraform.py).

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "with_secrets" {
  command = plan

  variables {
    kms_key_arn           = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    stripe_secret_arn     = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
    create_profile_events = true
    drift_check_repair    = true
    xray_tracing_enabled  = true
    webhook_bridge = {
      signing_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:webhook-AbCdEf"
    }
  }

  assert {
    condition = output.role_policies == {
      handler        = module.handler.role_policy
      drift_check    = module.drift_check[0].role_policy
      profile_events = module.profile_events[0].role_policy
      webhook_bridge = module.webhook_bridge[0].role_policy
    }
    error_message = "Each function's policy must be that of its role."
  }
}

run "with_parameters" {
  command = plan

  variables {
    kms_key_arn                  = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    stripe_secret_parameter_name = "/bayon/stripe-key"
    stripe_api_url               = "http://127.0.0.1:12111"
    access_past_due_days         = 60
    create_profile_events        = true
    webhook_bridge               = { signing_secret_parameter_name = "/bayon/webhook-secret" }
  }

  assert {
    condition     = keys(output.role_policies) == ["drift_check", "handler", "profile_events", "webhook_bridge"]
    error_message = "A parameter instead of a secret must be told as well."
  }
}
