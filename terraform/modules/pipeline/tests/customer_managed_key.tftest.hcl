# The example's key lets in exactly the services the stack uses it with, for the very names the stack has.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  prefix                   = "bayon"
  environment              = "production"
  profile_table_name       = "BayonCoAgent-production"
  lambda_package_path      = "./versions.tf" # Any file will do: no provider reads it.
  stripe_event_source_name = "aws.partner/stripe.com/ed_123"
  stripe_secret_arn        = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
  create_drift_check       = true
  webhook_bridge           = { signing_secret_parameter_name = "/bayon/webhook-secret" }
}

run "the_stack" {
  command = plan

  override_data {
    target = module.event_bus.data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_123", state = "ACTIVE" }
  }
}

run "the_keys_policy" {
  command = plan

  module {
    source = "../../examples/customer_managed_key"
  }

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "111122223333" }
  }

  override_data {
    target = data.aws_partition.current
    values = { partition = "aws" }
  }

  override_data {
    target = data.aws_region.current
    values = { id = "eu-west-1" }
  }

  assert {
    condition = jsondecode(output.key_policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "LetIamPoliciesDecide"
          Effect    = "Allow"
          Principal = { AWS = "arn:aws:iam::111122223333:root" }
          Action    = "kms:*"
          Resource  = "*"
        },
        {
          Sid       = "EventBridgeToDeliveryQueue"
          Effect    = "Allow"
          Principal = { Service = "events.amazonaws.com" }
          Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
          Resource  = "*"
        },
        {
          Sid       = "AlarmsToTopic"
          Effect    = "Allow"
          Principal = { Service = "cloudwatch.amazonaws.com" }
          Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
          Resource  = "*"
          Condition = {
            StringEquals = { "aws:SourceAccount" = "111122223333" }
            ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:bayon-stripe-*-production" }
          }
        },
        {
          Sid       = "LogsOfTheFunctions"
          Effect    = "Allow"
          Principal = { Service = "logs.eu-west-1.amazonaws.com" }
          Action    = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
          Resource  = "*"
          Condition = {
            ArnEquals = {
              "kms:EncryptionContext:aws:logs:arn" = [
                for group in [
                  run.the_stack.log_group_name, run.the_stack.webhook_bridge_log_group_name,
                  run.the_stack.drift_check_log_group_name, "/aws/lambda/bayon-stripe-profile-events-production",
                ] : "arn:aws:logs:eu-west-1:111122223333:log-group:${group}"
              ]
            }
          }
        },
      ]
    }
    error_message = "The key's policy must be exactly this."
  }

  assert {
    condition     = alltrue([for name in values(run.the_stack.alarm_names) : can(regex("^bayon-stripe-.*-production$", name))])
    error_message = "Every alarm of the stack must be one that the key's policy lets publish."
  }
}

run "the_key_for_the_stacks_rules_alone" {
  command = plan

  module {
    source = "../../examples/customer_managed_key"
  }

  variables {
    restrict_to_rules = true
  }

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "111122223333" }
  }

  override_data {
    target = data.aws_partition.current
    values = { partition = "aws" }
  }

  override_data {
    target = data.aws_region.current
    values = { id = "eu-west-1" }
  }

  assert {
    condition = [
      for statement in jsondecode(output.key_policy).Statement : statement.Condition
      if statement.Sid == "EventBridgeToDeliveryQueue"
      ] == [{
        ArnLike = {
          "aws:SourceArn" = [
            for rule in [run.the_stack.rule_name, run.the_stack.webhook_bridge_rule_name] :
            "arn:aws:events:eu-west-1:111122223333:rule/*/${rule}"
          ]
        }
    }]
    error_message = "Both rules must be let in on any bus: connect gives the stack another one."
  }
}
