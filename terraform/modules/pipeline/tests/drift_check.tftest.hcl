# The drift check: on where there is a Stripe key, unless it is turned off, and what it may do as whole policy documents.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  stripe_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
}

run "there_is_none_where_it_is_turned_off" {
  command = plan

  variables {
    create_drift_check = false
  }

  assert {
    condition = (
      length(module.drift_check) == 0
      && output.drift_check_function_name == null
      && output.drift_check_log_group_name == null
      && alltrue([for key in keys(output.alarm_names) : !startswith(key, "drift")])
    )
    error_message = "Where create_drift_check is false, there must be nothing of it."
  }
}

run "there_is_none_without_a_stripe_key" {
  command = plan

  variables {
    stripe_secret_arn = null
  }

  assert {
    condition     = length(module.drift_check) == 0 && output.drift_check_function_name == null
    error_message = "Without a Stripe key nothing can be compared."
  }
}

run "a_parameter_is_a_key_too" {
  command = plan

  variables {
    stripe_secret_arn            = null
    stripe_secret_parameter_name = "/bayon/stripe-key"
  }

  assert {
    condition = (
      length(module.drift_check) == 1
      && length(setsubtract(["drift_found", "drift_check_errors", "drift_check_unfinished"], keys(output.alarm_names))) == 0
    )
    error_message = "With a key there must be a drift check, and its alarms."
  }
}

run "it_needs_a_stripe_key" {
  command = plan

  variables {
    stripe_secret_arn  = null
    create_drift_check = true
  }

  expect_failures = [var.create_drift_check]
}

run "the_function_and_its_schedule" {
  command = plan

  assert {
    condition = jsonencode(module.drift_check[0].settings) == jsonencode({
      handler                        = "stripe_subscription_handler.drift_check.lambda_handler"
      runtime                        = "python3.13"
      architectures                  = ["arm64"]
      memory_mb                      = 512
      timeout_seconds                = 900
      reserved_concurrent_executions = -1
      tracing_mode                   = "PassThrough"
      publish                        = false
      snap_start                     = null
      package_path                   = "./versions.tf"
      package_s3_bucket              = null
      package_s3_key                 = null
      kms_key_arn                    = null
      log_group_kms_key_arn          = null
      log_retention_days             = 30
    })
    error_message = "The function must have Lambda's longest time, and run once at a time."
  }

  assert {
    condition     = module.drift_check[0].maximum_retry_attempts == 0
    error_message = "A slice must not be retried."
  }

  assert {
    condition = (
      module.drift_check[0].environment_variables == tomap(merge(module.handler.environment_variables, {
        DRIFT_CHECK_REPAIR              = "false"
        DRIFT_CHECK_INTERVAL_HOURS      = "24"
        DRIFT_CHECK_SECOND_LOOK_SECONDS = "600"
        DRIFT_CHECK_REQUESTS_PER_SECOND = "10"
      }))
      && module.drift_check[0].environment_variables["STRIPE_SECRET_ARN"] == var.stripe_secret_arn
    )
    error_message = "It must decide with the handler's settings, and have its own."
  }

  assert {
    condition = module.drift_check[0].schedule == {
      name       = "bayon-stripe-drift-check-development"
      expression = "rate(15 minutes)"
      target_arn = "arn:aws:lambda:eu-west-1:111122223333:function:drift-check"
      role_arn   = "arn:aws:iam::111122223333:role/drift-check-schedule"
      input      = jsonencode({ "stripe-subscription-handler" = "check-drift" })
    }
    error_message = "The schedule must invoke the function with the constant that it knows."
  }

  assert {
    condition = (
      output.drift_check_function_name == "bayon-stripe-drift-check-development"
      && output.drift_check_log_group_name == "/aws/lambda/bayon-stripe-drift-check-development"
    )
    error_message = "Function and log group must be outputs, under our names."
  }
}

run "what_it_may_do" {
  command = plan

  assert {
    condition = jsondecode(module.drift_check[0].role_policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "WriteOwnLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["arn:aws:logs:eu-west-1:111122223333:log-group:drift-check:*"]
        },
        {
          Sid      = "ReadProfiles"
          Effect   = "Allow"
          Action   = ["dynamodb:BatchGetItem", "dynamodb:Scan"]
          Resource = ["arn:aws:dynamodb:eu-west-1:111122223333:table/profile-created"]
        },
        {
          Sid      = "ReadOwners"
          Effect   = "Allow"
          Action   = ["dynamodb:BatchGetItem", "dynamodb:Query"]
          Resource = ["arn:aws:dynamodb:eu-west-1:111122223333:table/sync"]
        },
        {
          Sid       = "KeepOwnPlace"
          Effect    = "Allow"
          Action    = ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"]
          Resource  = ["arn:aws:dynamodb:eu-west-1:111122223333:table/sync"]
          Condition = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = ["DRIFT-CHECK", "DRIFT-CHECK#*"] } }
        },
        {
          Sid      = "ReadStripeSecret"
          Effect   = "Allow"
          Action   = ["secretsmanager:GetSecretValue"]
          Resource = ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"]
        },
      ]
    }
    error_message = "Unless it repairs, it may read both tables and the key, and write its own items only."
  }

  assert {
    condition = jsondecode(module.drift_check[0].role_trust_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "OnlyLambda"
        Effect    = "Allow"
        Principal = { Service = "lambda.amazonaws.com" }
        Action    = "sts:AssumeRole"
      }]
    }
    error_message = "Only Lambda may use the function's role."
  }

  assert {
    condition = jsondecode(module.drift_check[0].schedule_role_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid      = "InvokeDriftCheck"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = ["arn:aws:lambda:eu-west-1:111122223333:function:drift-check"]
      }]
    }
    error_message = "The schedule may invoke this one function."
  }

  assert {
    condition = jsondecode(module.drift_check[0].schedule_role_trust_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "OnlySchedulesOfThisAccount"
        Effect    = "Allow"
        Principal = { Service = "scheduler.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "aws:SourceAccount" = "111122223333"
            "aws:SourceArn"     = "arn:aws:scheduler:eu-west-1:111122223333:schedule-group/default"
          }
        }
      }]
    }
    error_message = "Only schedules of this account and group may use the schedule's role."
  }
}

run "to_repair_it_may_write_as_the_handler_does" {
  command = plan

  variables {
    drift_check_repair = true
    kms_key_arn        = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition = [for statement in jsondecode(module.drift_check[0].role_policy).Statement : statement.Sid] == [
      "WriteOwnLogs", "ReadProfiles", "ReadOwners", "KeepOwnPlace", "ReadAndUpdateProfiles",
      "KeepOwnersAndParkedEvents", "DecryptTables", "ReadStripeSecret", "DecryptStripeSecret",
    ]
    error_message = "Repairing and a key of your own must add these statements, and no other of the handler's."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(module.drift_check[0].role_policy).Statement : contains(
        [for one in jsondecode(module.handler.role_policy).Statement : jsonencode(one)], jsonencode(statement)
      )
      if !contains(["WriteOwnLogs", "ReadProfiles", "ReadOwners", "KeepOwnPlace"], statement.Sid)
    ])
    error_message = "What it takes over must be the handler's statements to the letter."
  }

  assert {
    condition = (
      module.drift_check[0].environment_variables["DRIFT_CHECK_REPAIR"] == "true"
      && module.drift_check[0].settings.kms_key_arn == var.kms_key_arn
      && module.drift_check[0].settings.log_group_kms_key_arn == var.kms_key_arn
    )
    error_message = "The function must know that it may repair, and use the key."
  }
}

run "each_setting_reaches_the_function" {
  command = plan

  variables {
    drift_check_interval_hours                 = 6
    drift_check_schedule_minutes               = 1
    drift_check_second_look_seconds            = 0
    drift_check_requests_per_second            = 20
    drift_check_memory_mb                      = 1024
    drift_check_reserved_concurrent_executions = 1
  }

  assert {
    condition = (
      module.drift_check[0].environment_variables["DRIFT_CHECK_INTERVAL_HOURS"] == "6"
      && module.drift_check[0].environment_variables["DRIFT_CHECK_SECOND_LOOK_SECONDS"] == "0"
      && module.drift_check[0].environment_variables["DRIFT_CHECK_REQUESTS_PER_SECOND"] == "20"
      && module.drift_check[0].schedule.expression == "rate(1 minute)"
      && module.drift_check[0].settings.memory_mb == 1024
      && module.drift_check[0].settings.reserved_concurrent_executions == 1
    )
    error_message = "Each setting must reach its place."
  }
}

run "its_metric_and_alarms" {
  command = plan

  variables {
    drift_check_alarm_hours = 48
    alarm_thresholds        = { drift_found = 2, drift_check_errors = 3 }
  }

  assert {
    condition = module.drift_check[0].metric_filter == {
      log_group_name = "/aws/lambda/bayon-stripe-drift-check-development"
      pattern        = "{ $.event = \"drift_check\" && $.differences = * }"
      value          = "$.differences"
    }
    error_message = "The metric must count what a finished pass found."
  }

  assert {
    condition = {
      for key, alarm in module.alarms.alarms : key => join(" ", concat(
        [alarm.namespace, alarm.metric_name, alarm.statistic, alarm.comparison_operator, format("%d", alarm.threshold)],
        [format("%d x %d s", alarm.evaluation_periods, alarm.period_seconds), alarm.treat_missing_data],
        [for name, value in coalesce(alarm.dimensions, {}) : "${name}=${value}"],
      )) if startswith(key, "drift")
      } == {
      drift_found            = "StripeSubscriptionHandler/bayon/development DriftFound Maximum GreaterThanThreshold 2 1 x 300 s ignore"
      drift_check_errors     = "AWS/Lambda Errors Sum GreaterThanThreshold 3 1 x 300 s notBreaching FunctionName=bayon-stripe-drift-check-development"
      drift_check_unfinished = "StripeSubscriptionHandler/bayon/development DriftFound SampleCount LessThanThreshold 1 48 x 3600 s breaching"
    }
    error_message = "Drift keeps its alarm until the next pass; no finished pass for so many hours is one."
  }

  assert {
    condition = alltrue([
      for key, alarm in module.alarms.alarms : (
        strcontains(alarm.description, " What to do: ")
        && can(regex(" Run: (stripe-handler|terraform) ", alarm.description))
        && endswith(alarm.description, " More: docs/runbook.md, ${key}.")
        && length(alarm.description) <= 1024
        && alarm.alarm_actions == toset(["arn:aws:sns:eu-west-1:111122223333:alarms"])
      ) if startswith(key, "drift")
    ])
    error_message = "Each alarm must tell the topic, and say what to run and do."
  }
}

run "what_cannot_work_is_refused" {
  command = plan

  variables {
    drift_check_interval_hours                 = 0
    drift_check_schedule_minutes               = 0
    drift_check_second_look_seconds            = -1
    drift_check_requests_per_second            = 26
    drift_check_memory_mb                      = 128
    drift_check_reserved_concurrent_executions = 2
  }

  expect_failures = [
    var.drift_check_interval_hours,
    var.drift_check_schedule_minutes,
    var.drift_check_second_look_seconds,
    var.drift_check_requests_per_second,
    var.drift_check_memory_mb,
    var.drift_check_reserved_concurrent_executions,
  ]
}

run "no_alarm_before_a_pass_could_end" {
  command = plan

  variables {
    drift_check_interval_hours = 48
  }

  expect_failures = [var.drift_check_alarm_hours]
}

run "no_alarm_after_more_than_a_week" {
  command = plan

  variables {
    drift_check_alarm_hours = 169
  }

  expect_failures = [var.drift_check_alarm_hours]
}
