# The profile events: what they run, what they read and may do, where their events and their failures go.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  create_profile_events = true
}

run "without_them_there_is_nothing_of_them" {
  command = plan

  variables {
    create_profile_events = false
    create_profile_table  = true
  }

  assert {
    condition = (
      length(module.profile_events) == 0 && output.profile_events_bus_arn == null
      && output.profile_events_source == null && output.profile_events_failure_queue_url == null
      && length([for key in keys(output.alarm_names) : key if startswith(key, "profile_events_")]) == 0
    )
    error_message = "The profile events must be optional."
  }
}

run "they_run_their_entry_point_of_the_same_zip" {
  command = plan

  assert {
    condition = (
      module.profile_events[0].settings.handler == "stripe_subscription_handler.profile_events.app.lambda_handler"
      && module.profile_events[0].settings.runtime == "python3.13"
      && module.profile_events[0].settings.memory_mb == 512
      && module.profile_events[0].settings.timeout_seconds == 60
    )
    error_message = "The function must run the profile events' entry point."
  }

  assert {
    condition = module.profile_events[0].environment_variables == tomap({
      PROFILE_EVENTS_BUS_ARN           = "arn:aws:events:eu-west-1:111122223333:event-bus/default"
      PROFILE_EVENTS_SOURCE            = "bayon-stripe-profiles-development"
      PROFILE_EVENTS_ATTRIBUTES        = jsonencode(local.default_profile_events_attributes)
      PROFILE_EVENTS_FAILURE_QUEUE_URL = "https://sqs.eu-west-1.amazonaws.com/111122223333/profile-events-failures"
      LOG_LEVEL                        = "INFO"
      PARTITION_KEY_NAME               = "PK"
      SORT_KEY_NAME                    = "SK"
      PARTITION_KEY_TEMPLATE           = "USER#{userId}"
      SORT_KEY_TEMPLATE                = "PROFILE"
    })
    error_message = "It must be told the bus, the source, what counts, its queue and how a profile's key looks."
  }
}

run "they_read_the_stream_of_the_apps_own_table_from_its_beginning" {
  command = plan

  variables {
    create_profile_table = false
  }

  assert {
    condition = jsonencode(module.profile_events[0].mapping) == jsonencode({
      stream_arn                 = "arn:aws:dynamodb:eu-west-1:111122223333:table/profile-existing/stream/1"
      function                   = "arn:aws:lambda:eu-west-1:111122223333:function:profile-events"
      starting_position          = "TRIM_HORIZON"
      batch_size                 = 100
      batching_window_seconds    = 0
      parallelization_factor     = 1
      response_types             = ["ReportBatchItemFailures"]
      bisects                    = true
      maximum_retry_attempts     = 20
      maximum_record_age_seconds = 21600
      on_failure_arn             = "arn:aws:sqs:eu-west-1:111122223333:profile-events-failures"
      filter_patterns = [
        jsonencode({ dynamodb = { Keys = { PK = { S = [{ prefix = "USER#" }] }, SK = { S = ["PROFILE"] } } } })
      ]
    })
    error_message = "The mapping must lose nothing, split what fails, give up some time, and read profiles alone."
  }
}

run "they_read_the_stream_of_a_table_of_ours" {
  command = plan

  variables {
    create_profile_table = true
  }

  assert {
    condition = (
      output.profile_stream_arn == "arn:aws:dynamodb:eu-west-1:111122223333:table/profile-created/stream/1"
      && module.profile_events[0].mapping.stream_arn == output.profile_stream_arn
    )
    error_message = "The stream that the stack switches on must be the one that is read."
  }
}

run "a_key_that_begins_with_the_user_filters_by_the_sort_key_alone" {
  command = plan

  variables {
    partition_key_template = "{userId}"
    sort_key_template      = "PROFILE#{userId}"
  }

  assert {
    condition = module.profile_events[0].mapping.filter_patterns == [
      jsonencode({ dynamodb = { Keys = { SK = { S = [{ prefix = "PROFILE#" }] } } } })
    ]
    error_message = "What a template says of a key must be filtered by, and no more."
  }
}

run "a_table_of_users_alone_needs_no_filter" {
  command = plan

  variables {
    create_profile_table   = true
    partition_key_template = "{userId}"
    sort_key_name          = null
  }

  assert {
    condition = (
      module.profile_events[0].mapping.filter_patterns == []
      && module.profile_events[0].environment_variables["SORT_KEY_NAME"] == ""
    )
    error_message = "Any key may be a user's."
  }
}

run "they_may_do_exactly_this" {
  command = plan

  assert {
    condition = jsondecode(module.profile_events[0].role_policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "WriteOwnLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["arn:aws:logs:eu-west-1:111122223333:log-group:profile-events:*"]
        },
        {
          Sid    = "ReadProfileStream"
          Effect = "Allow"
          Action = [
            "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
          ]
          Resource = ["arn:aws:dynamodb:eu-west-1:111122223333:table/profile-created/stream/1"]
        },
        {
          Sid      = "PutEventsOnTheBus"
          Effect   = "Allow"
          Action   = ["events:PutEvents"]
          Resource = ["arn:aws:events:eu-west-1:111122223333:event-bus/default"]
        },
        {
          Sid      = "SendToProfileEventsQueue"
          Effect   = "Allow"
          Action   = ["sqs:SendMessage"]
          Resource = ["arn:aws:sqs:eu-west-1:111122223333:profile-events-failures"]
        },
      ]
    }
    error_message = "The role must be exactly this: nothing of the table itself, one bus, one queue."
  }

  assert {
    condition = jsondecode(module.profile_events[0].role_trust_policy).Statement == [{
      Sid       = "OnlyLambda"
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
    error_message = "Only Lambda may use the role."
  }
}

run "keys_of_your_own_add_exactly_their_statements" {
  command = plan

  variables {
    create_profile_table      = false
    kms_key_arn               = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    profile_table_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/5678abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition = {
      for statement in jsondecode(module.profile_events[0].role_policy).Statement : statement.Sid => statement
      if contains(["DecryptProfileStream", "EncryptForProfileEventsQueue"], statement.Sid)
      } == {
      DecryptProfileStream = {
        Sid       = "DecryptProfileStream"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = [var.kms_key_arn, var.profile_table_kms_key_arn]
        Condition = { StringEquals = { "kms:ViaService" = "dynamodb.eu-west-1.amazonaws.com" } }
      }
      EncryptForProfileEventsQueue = {
        Sid       = "EncryptForProfileEventsQueue"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = [var.kms_key_arn]
        Condition = { StringEquals = { "kms:ViaService" = "sqs.eu-west-1.amazonaws.com" } }
      }
    }
    error_message = "The keys must be used for the stream and the queue alone."
  }

  assert {
    condition = (
      module.profile_events[0].failure_queue_settings.kms_key_arn == var.kms_key_arn
      && module.profile_events[0].settings.kms_key_arn == var.kms_key_arn
      && module.profile_events[0].settings.log_group_kms_key_arn == var.kms_key_arn
    )
    error_message = "Queue, environment and log must be encrypted with the key."
  }
}

run "the_bus_and_the_source_can_be_chosen" {
  command = plan

  variables {
    profile_events_bus_arn    = "arn:aws:events:eu-west-1:444455556666:event-bus/app"
    profile_events_source     = "bayon.profiles"
    profile_events_attributes = ["subscriptionStatus", "plan"]
    profile_attributes        = { plan = "items.data[0].price.lookup_key" }
  }

  assert {
    condition = (
      output.profile_events_bus_arn == "arn:aws:events:eu-west-1:444455556666:event-bus/app"
      && output.profile_events_bus_name == "app"
      && output.profile_events_source == "bayon.profiles"
      && module.profile_events[0].environment_variables["PROFILE_EVENTS_BUS_ARN"] == output.profile_events_bus_arn
      && module.profile_events[0].environment_variables["PROFILE_EVENTS_SOURCE"] == "bayon.profiles"
      && module.profile_events[0].environment_variables["PROFILE_EVENTS_ATTRIBUTES"] == jsonencode(["subscriptionStatus", "plan"])
      && contains(flatten([
        for statement in jsondecode(module.profile_events[0].role_policy).Statement : statement.Resource
      ]), "arn:aws:events:eu-west-1:444455556666:event-bus/app")
    )
    error_message = "A bus of another account, a source and attributes of one's own must be possible."
  }
}

run "their_alarms_measure_the_right_thing" {
  command = plan

  variables {
    alarm_thresholds = { profile_events_iterator_age_seconds = 60, profile_events_errors = 2 }
  }

  assert {
    condition = {
      for key, alarm in module.alarms.alarms : key => join(" ", concat(
        [alarm.namespace, alarm.metric_name, alarm.statistic, format("%d", alarm.period_seconds), format("%d", alarm.threshold)],
        [for name, value in coalesce(alarm.dimensions, {}) : "${name}=${value}"],
      )) if startswith(key, "profile_events_")
      } == {
      profile_events_iterator_age           = "AWS/Lambda IteratorAge Maximum 300 60000 FunctionName=bayon-stripe-profile-events-development"
      profile_events_errors                 = "AWS/Lambda Errors Sum 300 2 FunctionName=bayon-stripe-profile-events-development"
      profile_events_failure_queue_messages = "AWS/SQS ApproximateNumberOfMessagesVisible Maximum 60 0 QueueName=bayon-stripe-profile-events-failures-development"
    }
    error_message = "Each alarm must measure its own metric of its own resource."
  }

  assert {
    condition = alltrue([
      for key, alarm in module.alarms.alarms : length(alarm.description) <= 1024 if startswith(key, "profile_events_")
    ])
    error_message = "CloudWatch's limit of a description."
  }
}

run "the_dashboard_shows_them_in_a_row_of_their_own" {
  command = plan

  assert {
    condition = {
      for widget in jsondecode(module.dashboard.body).widgets : widget.properties.title => {
        y = widget.y, metrics = [for metric in widget.properties.metrics : slice(metric, 0, 4)]
      } if can(regex("^(9|10) ", widget.properties.title))
      } == {
      "9 Age of what is told, ms" = {
        y       = 16
        metrics = [["AWS/Lambda", "IteratorAge", "FunctionName", "bayon-stripe-profile-events-development"]]
      }
      "10 Changes not told" = {
        y = 16
        metrics = [
          ["AWS/Lambda", "Errors", "FunctionName", "bayon-stripe-profile-events-development"],
          ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "bayon-stripe-profile-events-failures-development"],
        ]
      }
    }
    error_message = "How late changes are, and how many were given up, must be on the dashboard."
  }
}

run "refuses_a_name_for_the_bus" {
  command = plan

  variables {
    profile_events_bus_arn = "app"
  }

  expect_failures = [var.profile_events_bus_arn]
}

run "refuses_a_partners_bus" {
  command = plan

  variables {
    profile_events_bus_arn = "arn:aws:events:eu-west-1:111122223333:event-bus/aws.partner/stripe.com/ed_1"
  }

  expect_failures = [var.profile_events_bus_arn]
}

run "refuses_a_source_of_awss" {
  command = plan

  variables {
    profile_events_source = "aws.profiles"
  }

  expect_failures = [var.profile_events_source]
}

run "refuses_the_bridges_source" {
  command = plan

  variables {
    profile_events_source = "stripe-webhook-bridge"
  }

  expect_failures = [var.profile_events_source]
}

run "refuses_an_attribute_that_no_profile_shows" {
  command = plan

  variables {
    profile_events_attributes = ["subscriptionStatus", "email"]
  }

  expect_failures = [var.profile_events_attributes]
}

run "refuses_no_attribute_at_all" {
  command = plan

  variables {
    profile_events_attributes = []
  }

  expect_failures = [var.profile_events_attributes]
}

run "refuses_numbers_that_aws_would_refuse" {
  command = plan

  variables {
    profile_events_batch_size                 = 0
    profile_events_batching_window_seconds    = 301
    profile_events_parallelization_factor     = 11
    profile_events_maximum_retry_attempts     = 10001
    profile_events_maximum_record_age_seconds = 86400
  }

  expect_failures = [
    var.profile_events_batch_size,
    var.profile_events_batching_window_seconds,
    var.profile_events_parallelization_factor,
    var.profile_events_maximum_retry_attempts,
    var.profile_events_maximum_record_age_seconds,
  ]
}
