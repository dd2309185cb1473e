# The webhook bridge: what it runs, who may do what, which bus it feeds, and what leads from there to the function.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  webhook_bridge = {
    signing_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:webhook-AbCdEf"
  }
}

run "without_it_there_is_nothing_of_it" {
  command = plan

  variables {
    webhook_bridge = null
  }

  assert {
    condition = (
      length(module.webhook_bridge) == 0 && length(module.webhook_bridge_bus) == 0
      && length(module.webhook_bridge_rule) == 0 && output.webhook_bridge_url == null
      && output.webhook_bridge_event_source == null && output.webhook_bridge_bus_name == null
      && length([for key in keys(output.alarm_names) : key if startswith(key, "bridge_")]) == 0
    )
    error_message = "The bridge must be optional."
  }
}

run "it_runs_the_bridge_of_the_same_zip" {
  command = plan

  assert {
    condition = (
      module.webhook_bridge[0].settings.handler == "stripe_subscription_handler.webhook_bridge.app.lambda_handler"
      && module.webhook_bridge[0].settings.runtime == "python3.13"
      && module.webhook_bridge[0].settings.architectures == tolist(["arm64"])
      && module.webhook_bridge[0].settings.memory_mb == 512
      && module.webhook_bridge[0].settings.reserved_concurrent_executions == -1
    )
    error_message = "The function must run the bridge's entry point."
  }

  assert {
    condition = module.webhook_bridge[0].environment_variables == tomap({
      EVENT_BUS_NAME     = "bayon-stripe-bridge-development"
      EVENT_SOURCE       = "stripe-webhook-bridge"
      LOG_LEVEL          = "INFO"
      WEBHOOK_SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:webhook-AbCdEf"
    })
    error_message = "The bridge must be told its bus, its source and where its secret is, and nothing else."
  }

  assert {
    condition = (
      output.webhook_bridge_url == "https://bridge.lambda-url.eu-west-1.on.aws/"
      && output.webhook_bridge_function_name == "bayon-stripe-webhook-bridge-development"
      && output.webhook_bridge_log_group_name == "/aws/lambda/bayon-stripe-webhook-bridge-development"
      && output.webhook_bridge_event_source == "stripe-webhook-bridge"
    )
    error_message = "What Stripe and the operator need must be outputs."
  }
}

run "it_may_do_exactly_this_and_be_called_by_anyone_through_its_url_only" {
  command = plan

  assert {
    condition = jsondecode(module.webhook_bridge[0].role_policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "WriteOwnLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["arn:aws:logs:eu-west-1:111122223333:log-group:bridge:*"]
        },
        {
          Sid      = "PutEventsOnTheBus"
          Effect   = "Allow"
          Action   = ["events:PutEvents"]
          Resource = ["arn:aws:events:eu-west-1:111122223333:event-bus/bridge"]
        },
        {
          Sid      = "ReadSigningSecret"
          Effect   = "Allow"
          Action   = ["secretsmanager:GetSecretValue"]
          Resource = ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:webhook-AbCdEf"]
        },
      ]
    }
    error_message = "The bridge's role must be exactly this."
  }

  assert {
    condition = jsondecode(module.webhook_bridge[0].role_trust_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "OnlyLambda"
        Effect    = "Allow"
        Principal = { Service = "lambda.amazonaws.com" }
        Action    = "sts:AssumeRole"
      }]
    }
    error_message = "Only Lambda may use the bridge's role."
  }

  assert {
    condition = (
      module.webhook_bridge[0].url_authorization_type == "NONE"
      && jsondecode(module.webhook_bridge[0].url_permission_template).Resources == {
        InvokeThroughUrl = {
          Type = "AWS::Lambda::Permission"
          Properties = {
            FunctionName          = "bayon-stripe-webhook-bridge-development"
            Action                = "lambda:InvokeFunction"
            Principal             = "*"
            InvokedViaFunctionUrl = true
          }
        }
      }
    )
    error_message = "Anyone may invoke the bridge, but only through its URL."
  }
}

run "a_parameter_and_a_key_add_exactly_their_statements" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    webhook_bridge = {
      signing_secret_parameter_name  = "/bayon/webhook-secret"
      reserved_concurrent_executions = 5
    }
  }

  assert {
    condition = [
      for statement in jsondecode(module.webhook_bridge[0].role_policy).Statement : statement
      if !contains(["WriteOwnLogs", "PutEventsOnTheBus"], statement.Sid)
      ] == [
      {
        Sid      = "ReadSigningParameter"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter"]
        Resource = ["arn:aws:ssm:eu-west-1:111122223333:parameter/bayon/webhook-secret"]
      },
      {
        Sid      = "DecryptSigningSecret"
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
        Condition = {
          StringEquals = {
            "kms:ViaService"                      = "ssm.eu-west-1.amazonaws.com"
            "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-west-1:111122223333:parameter/bayon/webhook-secret"
          }
        }
      },
    ]
    error_message = "The bridge may read exactly the given parameter, and decrypt nothing else."
  }

  assert {
    condition = (
      module.webhook_bridge[0].environment_variables["WEBHOOK_SECRET_PARAMETER"] == "/bayon/webhook-secret"
      && !contains(keys(module.webhook_bridge[0].environment_variables), "WEBHOOK_SECRET_ARN")
      && module.webhook_bridge[0].settings.reserved_concurrent_executions == 5
      && module.webhook_bridge[0].settings.kms_key_arn == var.kms_key_arn
      && module.webhook_bridge[0].settings.log_group_kms_key_arn == var.kms_key_arn
    )
    error_message = "Parameter, concurrency and key must reach the bridge."
  }
}

run "its_own_bus_leads_to_the_same_function" {
  command = plan

  assert {
    condition = (
      output.webhook_bridge_bus_name == "bayon-stripe-bridge-development"
      && output.webhook_bridge_archive_name == "bayon-stripe-bridge-development"
      && module.webhook_bridge_bus[0].archive_source_arn == "arn:aws:events:eu-west-1:111122223333:event-bus/bridge"
      && contains(jsondecode(module.webhook_bridge_bus[0].archive_event_pattern).source, "stripe-webhook-bridge")
      && module.webhook_bridge_bus[0].archive_retention_days == 30
    )
    error_message = "The bridge's events must be archived on a bus of their own."
  }

  assert {
    condition = (
      module.webhook_bridge_rule[0].event_bus_name == "bayon-stripe-bridge-development"
      && jsondecode(module.webhook_bridge_rule[0].event_pattern)["$or"] == jsondecode(module.rule.event_pattern)["$or"]
      && contains(jsondecode(module.webhook_bridge_rule[0].event_pattern).source, "stripe-webhook-bridge")
      && module.webhook_bridge_rule[0].target_arn == module.rule.target_arn
      && module.webhook_bridge_rule[0].target_dead_letter_queue_arn == module.rule.target_dead_letter_queue_arn
      && module.webhook_bridge_rule[0].target_retry_policy == module.rule.target_retry_policy
    )
    error_message = "Its rule must pass the same events to the same function, with the same retries and the same dead-letter queue."
  }

  assert {
    condition = module.webhook_bridge_rule[0].permission == {
      action        = "lambda:InvokeFunction"
      function_name = "bayon-stripe-subscription-handler-development"
      principal     = "events.amazonaws.com"
      source_arn    = "arn:aws:events:eu-west-1:111122223333:rule/bridge/bridge-events"
    }
    error_message = "Its rule, and nothing wider, must be let in by the function."
  }

  assert {
    condition = {
      for statement in jsondecode(module.dead_letter_queues.delivery_queue_policy).Statement :
      statement.Sid => statement.Condition.ArnEquals["aws:SourceArn"]
      } == {
      OnlyTheStripeRule = "arn:aws:events:eu-west-1:111122223333:rule/main/subscription-events"
      OnlyTheBridgeRule = "arn:aws:events:eu-west-1:111122223333:rule/bridge/bridge-events"
    }
    error_message = "Both rules, and nobody else, must be able to write to the delivery dead-letter queue."
  }

  assert {
    condition     = jsondecode(module.rule.event_pattern).source == [{ prefix = "aws.partner/stripe.com" }]
    error_message = "The stack's own rule must not admit the bridge's source: its events have their own bus."
  }
}

run "its_bus_is_the_same_beside_a_partner_event_source" {
  command = plan

  variables {
    stripe_event_source_name = "aws.partner/stripe.com/ed_test_1"
  }

  override_data {
    target = module.event_bus.data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_test_1", state = "ACTIVE" }
  }

  assert {
    condition = (
      output.event_bus_name == "aws.partner/stripe.com/ed_test_1"
      && module.webhook_bridge[0].environment_variables["EVENT_BUS_NAME"] == "bayon-stripe-bridge-development"
      && module.webhook_bridge_rule[0].event_bus_name == "bayon-stripe-bridge-development"
      && module.webhook_bridge_rule[0].target_arn == module.rule.target_arn
    )
    error_message = "The bridge's bus must not depend on the stack's: a bus that is replaced loses events."
  }
}

run "it_can_feed_the_stacks_custom_bus" {
  command = plan

  variables {
    webhook_bridge = {
      signing_secret_parameter_name = "/bayon/webhook-secret"
      dedicated_bus                 = false
    }
  }

  assert {
    condition = (
      module.webhook_bridge[0].environment_variables["EVENT_BUS_NAME"] == "bayon-stripe-events-development"
      && length(module.webhook_bridge_bus) == 0 && length(module.webhook_bridge_rule) == 0
      && contains(jsondecode(module.rule.event_pattern).source, "stripe-webhook-bridge")
      && contains(jsondecode(module.event_bus.archive_event_pattern).source, "stripe-webhook-bridge")
      && output.webhook_bridge_bus_name == null
      && contains(flatten([
        for statement in jsondecode(module.webhook_bridge[0].role_policy).Statement : statement.Resource
      ]), "arn:aws:events:eu-west-1:111122223333:event-bus/main")
    )
    error_message = "Without a bus of its own the bridge must feed the stack's, whose rule and archive must admit it."
  }
}

run "its_source_can_be_chosen" {
  command = plan

  variables {
    bridge_event_source = "our-webhooks"
    webhook_bridge = {
      signing_secret_parameter_name = "/bayon/webhook-secret"
      dedicated_bus                 = false
    }
  }

  assert {
    condition = (
      module.webhook_bridge[0].environment_variables["EVENT_SOURCE"] == "our-webhooks"
      && output.webhook_bridge_event_source == "our-webhooks"
      && contains(jsondecode(module.rule.event_pattern).source, "our-webhooks")
    )
    error_message = "bridge_event_source must name the bridge's source and be admitted."
  }
}

run "silence_is_an_alarm_where_events_come" {
  command = plan

  assert {
    condition = (
      contains(keys(output.alarm_names), "bridge_silence") && !contains(keys(output.alarm_names), "silence")
      && module.alarms.alarms["bridge_silence"].treat_missing_data == "breaching"
      && module.alarms.alarms["bridge_silence"].comparison_operator == "LessThanThreshold"
      && module.alarms.alarms["bridge_silence"].evaluation_periods == 24
    )
    error_message = "Before an event source is named all events come by the bridge: the stack's own rule has none to miss."
  }
}

run "with_an_event_source_both_rules_are_watched" {
  command = plan

  variables {
    stripe_event_source_name = "aws.partner/stripe.com/ed_123"
  }

  override_data {
    target = module.event_bus.data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_123", state = "ACTIVE" }
  }

  assert {
    condition     = length(setintersection(keys(output.alarm_names), ["silence", "bridge_silence"])) == 2
    error_message = "While a stack moves from webhooks to the event source, either may fall silent."
  }
}

run "a_bridge_on_the_stacks_bus_is_heard_there" {
  command = plan

  variables {
    webhook_bridge = {
      signing_secret_parameter_name = "/bayon/webhook-secret"
      dedicated_bus                 = false
    }
  }

  assert {
    condition     = setintersection(keys(output.alarm_names), ["silence", "bridge_silence"]) == toset(["silence"])
    error_message = "One rule, one alarm on its silence."
  }
}

run "its_alarms_measure_the_right_thing" {
  command = plan

  variables {
    alarm_thresholds = { bridge_errors = 1, bridge_refusals = 2 }
  }

  assert {
    condition = {
      for key, alarm in module.alarms.alarms : key => join(" ", concat(
        [alarm.namespace, alarm.metric_name, alarm.statistic, format("%d", alarm.period_seconds), format("%d", alarm.threshold)],
        [for name, value in coalesce(alarm.dimensions, {}) : "${name}=${value}"],
      )) if startswith(key, "bridge_")
      } == {
      bridge_errors                                    = "AWS/Lambda Url5xxCount Sum 300 1 FunctionName=bayon-stripe-webhook-bridge-development"
      bridge_refusals                                  = "StripeSubscriptionHandler/bayon/development BridgeRefusals Sum 300 2"
      bridge_silence                                   = "AWS/Events Invocations Sum 3600 1 EventBusName=bayon-stripe-bridge-development RuleName=bayon-stripe-bridge-events-development"
      bridge_rule_failed_invocations                   = "AWS/Events FailedInvocations Sum 300 0 EventBusName=bayon-stripe-bridge-development RuleName=bayon-stripe-bridge-events-development"
      bridge_rule_invocations_failed_to_be_sent_to_dlq = "AWS/Events InvocationsFailedToBeSentToDlq Sum 300 0 EventBusName=bayon-stripe-bridge-development RuleName=bayon-stripe-bridge-events-development"
    }
    error_message = "Each alarm of the bridge must measure its own metric of its own resource."
  }

  assert {
    condition = module.webhook_bridge[0].refusals_filter == {
      log_group_name = "/aws/lambda/bayon-stripe-webhook-bridge-development"
      pattern        = "{ $.event = \"webhook\" && $.sender = \"stripe\" && $.status >= 400 && $.status < 500 }"
      value          = "1"
    }
    error_message = "Only refusals of what looks like Stripe's own may count: everyone who finds the URL gets a 4xx."
  }

  assert {
    condition = alltrue([
      for key, alarm in module.alarms.alarms : length(alarm.description) <= 1024 if startswith(key, "bridge_")
    ])
    error_message = "CloudWatch's limit of a description."
  }
}

run "refuses_a_bridge_without_a_secret" {
  command = plan

  variables {
    webhook_bridge = {}
  }

  expect_failures = [var.webhook_bridge]
}

run "refuses_a_signing_secret_itself" {
  command = plan

  variables {
    webhook_bridge = { signing_secret_parameter_name = "whsec_invented" }
  }

  expect_failures = [var.webhook_bridge]
}

run "refuses_a_name_for_an_arn" {
  command = plan

  variables {
    webhook_bridge = { signing_secret_arn = "webhook-secret" }
  }

  expect_failures = [var.webhook_bridge]
}

run "refuses_the_stacks_bus_beside_a_partner_source" {
  command = plan

  variables {
    stripe_event_source_name = "aws.partner/stripe.com/ed_test_1"
    webhook_bridge = {
      signing_secret_parameter_name = "/bayon/webhook-secret"
      dedicated_bus                 = false
    }
  }

  override_data {
    target = module.event_bus.data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_test_1", state = "ACTIVE" }
  }

  expect_failures = [var.webhook_bridge]
}

run "refuses_a_concurrency_that_takes_nothing" {
  command = plan

  variables {
    webhook_bridge = { signing_secret_parameter_name = "/bayon/webhook-secret", reserved_concurrent_executions = 0 }
  }

  expect_failures = [var.webhook_bridge]
}
