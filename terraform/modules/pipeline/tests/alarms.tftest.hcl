# Every alarm: what it measures, of which resource, when it fires, whom it tells.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "alarms_measure_the_right_thing" {
  command = plan

  assert {
    condition = {
      for key, alarm in module.alarms.alarms : key => join(" ", concat(
        [alarm.namespace, alarm.metric_name, alarm.statistic, format("%d", alarm.period_seconds), format("%d", alarm.threshold)],
        [for name, value in coalesce(alarm.dimensions, {}) : "${name}=${value}"],
      ))
      } == {
      delivery_queue_messages                   = "AWS/SQS ApproximateNumberOfMessagesVisible Maximum 60 0 QueueName=bayon-stripe-delivery-dlq-development"
      delivery_queue_age                        = "StripeSubscriptionHandler/bayon/development DeliveryQueueAge Maximum 300 3600"
      failure_queue_messages                    = "AWS/SQS ApproximateNumberOfMessagesVisible Maximum 60 0 QueueName=bayon-stripe-failures-development"
      failure_queue_age                         = "StripeSubscriptionHandler/bayon/development FailureQueueAge Maximum 300 3600"
      function_errors                           = "AWS/Lambda Errors Sum 300 0 FunctionName=bayon-stripe-subscription-handler-development"
      function_duration                         = "AWS/Lambda Duration Maximum 300 24000 FunctionName=bayon-stripe-subscription-handler-development"
      function_throttles                        = "AWS/Lambda Throttles Sum 300 0 FunctionName=bayon-stripe-subscription-handler-development"
      function_async_event_age                  = "AWS/Lambda AsyncEventAge Maximum 300 600000 FunctionName=bayon-stripe-subscription-handler-development"
      function_async_events_dropped             = "AWS/Lambda AsyncEventsDropped Sum 300 0 FunctionName=bayon-stripe-subscription-handler-development"
      function_destination_delivery_failures    = "AWS/Lambda DestinationDeliveryFailures Sum 300 0 FunctionName=bayon-stripe-subscription-handler-development"
      rule_failed_invocations                   = "AWS/Events FailedInvocations Sum 300 0 EventBusName=bayon-stripe-events-development RuleName=bayon-stripe-subscription-events-development"
      rule_invocations_sent_to_dlq              = "AWS/Events InvocationsSentToDlq Sum 300 0 EventBusName=bayon-stripe-events-development RuleName=bayon-stripe-subscription-events-development"
      rule_invocations_failed_to_be_sent_to_dlq = "AWS/Events InvocationsFailedToBeSentToDlq Sum 300 0 EventBusName=bayon-stripe-events-development RuleName=bayon-stripe-subscription-events-development"
      rule_throttled                            = "AWS/Events ThrottledRules Sum 300 0 EventBusName=bayon-stripe-events-development RuleName=bayon-stripe-subscription-events-development"
      parked_events                             = "StripeSubscriptionHandler/bayon/development EventsParked Sum 300 0"
      parked_expiring                           = "StripeSubscriptionHandler/bayon/development ParkedExpiring Maximum 300 0"
      parked_count_failed_invocations           = "AWS/Events FailedInvocations Sum 300 0 RuleName=bayon-stripe-parked-count-development"
      parked_count_silence                      = "StripeSubscriptionHandler/bayon/development ParkedExpiring SampleCount 3600 1"
      silence                                   = "AWS/Events Invocations Sum 3600 1 EventBusName=bayon-stripe-events-development RuleName=bayon-stripe-subscription-events-development"
      stripe_unavailable                        = "StripeSubscriptionHandler/bayon/development EventErrors Sum 300 0 ErrorType=StripeUnavailableError"
      generation_failures                       = "StripeSubscriptionHandler/bayon/development GenerationFailures Sum 300 0"
    }
    error_message = "Each alarm must measure its own metric of its own resource."
  }

  assert {
    condition = alltrue([
      for key, alarm in module.alarms.alarms : (
        alarm.alarm_actions == toset(["arn:aws:sns:eu-west-1:111122223333:alarms"])
        && alarm.ok_actions == toset(["arn:aws:sns:eu-west-1:111122223333:alarms"])
        && alarm.comparison_operator == (endswith(key, "silence") ? "LessThanThreshold" : "GreaterThanThreshold")
        && alarm.evaluation_periods == (endswith(key, "silence") ? 24 : 1)
        && alarm.treat_missing_data == (
          endswith(key, "silence")
          ? "breaching"
          : contains(["parked_expiring", "delivery_queue_age", "failure_queue_age"], key) ? "ignore" : "notBreaching"
        )
        && strcontains(alarm.description, " What to do: ")
        && can(regex(" Run: (stripe-handler|terraform) ", alarm.description))
        && endswith(alarm.description, " More: docs/runbook.md, ${key}.")
        # CloudWatch's limit.
        && length(alarm.description) <= 1024
      )
    ])
    error_message = "Each alarm must tell the topic when it begins and ends, be quiet without data, and say what to run and do."
  }

  assert {
    condition = (
      output.alarm_names["failure_queue_messages"] == "bayon-stripe-failure-queue-messages-development"
      && length(distinct(values(output.alarm_names))) == 21
      && alltrue([for name in values(output.alarm_names) : startswith(name, "bayon-stripe-") && endswith(name, "-development")])
    )
    error_message = "Alarms must be named after what they watch and the environment, each differently."
  }

  assert {
    condition     = output.alarm_topic_arn == "arn:aws:sns:eu-west-1:111122223333:alarms"
    error_message = "The topic must be an output."
  }
}

# CloudWatch takes a gap for one only when it finds no value further back, so without FILL an alarm would go on for about three
# periods after the last failure, and one on silence would begin as much later.
run "what_comes_only_with_failures_is_filled" {
  command = plan

  variables {
    stripe_event_source_name = "aws.partner/stripe.com/ed_test_123"
    create_forwarding_bus    = true
    create_profile_events    = true
    stripe_secret_arn        = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
    webhook_bridge           = { signing_secret_parameter_name = "/bayon/webhook-secret" }
  }

  override_data {
    target = module.event_bus.data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_test_123", state = "ACTIVE" }
  }

  assert {
    condition = {
      for key, alarm in module.alarms.alarms : key => alarm.expression if alarm.expression != "FILL(m1, 0)"
      } == {
      # SQS counts every minute.
      delivery_queue_messages               = null
      failure_queue_messages                = null
      profile_events_failure_queue_messages = null
      # What was counted last holds until the next count or pass.
      delivery_queue_age = null
      failure_queue_age  = null
      parked_expiring    = null
      drift_found        = null
      # No age does not mean that nothing waits.
      function_async_event_age    = null
      profile_events_iterator_age = null
      bridge_refusals             = "FILL(m1, 0) + FILL(m2, 0)"
    }
    error_message = "Every alarm on a metric that comes only when something happens must fill its gaps."
  }

  assert {
    condition = {
      for key, alarm in module.alarms.alarms : key => alarm.further_metrics if length(alarm.further_metrics) > 0
    } == { bridge_refusals = { m2 = "AWS/Lambda Throttles Sum 300" } }
    error_message = "Only the bridge's refusals are made of two metrics: its log does not know what Lambda throttled."
  }

  assert {
    condition     = length([for alarm in module.alarms.alarms : alarm if alarm.expression == "FILL(m1, 0)"]) == 23
    error_message = "All others are filled."
  }
}

run "the_parked_events_alarm_says_which_label_is_missing" {
  command = plan

  variables {
    user_id_metadata_key = "accountId"
  }

  assert {
    condition = (
      output.alarm_names["parked_events"] == "bayon-stripe-parked-events-development"
      && alltrue([
        for key, words in {
          parked_events   = "put accountId into the subscription's metadata in Stripe within 30 days"
          parked_expiring = "put accountId into the metadata of the subscriptions it lists"
        } : strcontains(module.alarms.alarms[key].description, words)
      ])
    )
    error_message = "The alarm must say what to do, by when, with the metadata key of this environment."
  }
}

run "each_threshold_reaches_its_own_alarm" {
  command = plan

  variables {
    lambda_timeout_seconds = 20
    alarm_thresholds = {
      delivery_queue_messages                   = 1
      delivery_queue_age_seconds                = 2
      failure_queue_messages                    = 3
      failure_queue_age_seconds                 = 4
      function_errors                           = 5
      function_duration_fraction_of_timeout     = 0.5
      function_throttles                        = 7
      function_async_event_age_seconds          = 800
      function_async_events_dropped             = 9
      function_destination_delivery_failures    = 10
      rule_failed_invocations                   = 11
      rule_invocations_sent_to_dlq              = 12
      rule_invocations_failed_to_be_sent_to_dlq = 13
      rule_throttled                            = 14
      parked_events                             = 15
      parked_expiring                           = 16
      parked_count_failed_invocations           = 17
      stripe_unavailable                        = 18
      generation_failures                       = 19
    }
  }

  assert {
    condition = { for key, alarm in module.alarms.alarms : key => alarm.threshold } == {
      delivery_queue_messages                   = 1
      delivery_queue_age                        = 2
      failure_queue_messages                    = 3
      failure_queue_age                         = 4
      function_errors                           = 5
      function_duration                         = 10000
      function_throttles                        = 7
      function_async_event_age                  = 800000
      function_async_events_dropped             = 9
      function_destination_delivery_failures    = 10
      rule_failed_invocations                   = 11
      rule_invocations_sent_to_dlq              = 12
      rule_invocations_failed_to_be_sent_to_dlq = 13
      rule_throttled                            = 14
      parked_events                             = 15
      parked_expiring                           = 16
      parked_count_failed_invocations           = 17
      parked_count_silence                      = 1
      silence                                   = 1
      stripe_unavailable                        = 18
      generation_failures                       = 19
    }
    error_message = "Each threshold must reach its own alarm, in the metric's unit."
  }
}

run "silence_is_an_alarm_after_as_many_hours_as_asked_for" {
  command = plan

  variables {
    alarm_silence_hours = 36
    livemode            = "test"
  }

  assert {
    condition = (
      output.alarm_names["silence"] == "bayon-stripe-silence-development"
      && module.alarms.alarms["silence"].namespace == "AWS/Events"
      && module.alarms.alarms["silence"].metric_name == "Invocations"
      && module.alarms.alarms["silence"].dimensions == tomap({
        EventBusName = "bayon-stripe-events-development"
        RuleName     = "bayon-stripe-subscription-events-development"
      })
      && module.alarms.alarms["silence"].statistic == "Sum"
      && module.alarms.alarms["silence"].comparison_operator == "LessThanThreshold"
      && module.alarms.alarms["silence"].threshold == 1
      && module.alarms.alarms["silence"].period_seconds == 3600
      && module.alarms.alarms["silence"].evaluation_periods == 36
      && module.alarms.alarms["silence"].treat_missing_data == "breaching"
      && strcontains(module.alarms.alarms["silence"].description, "for 36 hours")
    )
    error_message = "No event for so many hours, one after the other, must be an alarm; the metric is absent then."
  }
}

run "live_customers_are_never_silent_for_a_day" {
  command = plan

  variables {
    livemode = "live"
  }

  assert {
    condition     = module.alarms.alarms["silence"].evaluation_periods == 24
    error_message = "In live mode silence must be an alarm without anybody asking for it."
  }
}

run "a_sandbox_is_silent_by_nature" {
  command = plan

  variables {
    livemode = "test"
  }

  assert {
    condition     = !anytrue([for key in keys(output.alarm_names) : endswith(key, "silence")])
    error_message = "Where nothing happens by itself, silence must be no alarm."
  }
}

run "silence_is_no_alarm_where_refused" {
  command = plan

  variables {
    livemode            = "live"
    alarm_silence_hours = 0
  }

  assert {
    condition     = !anytrue([for key in keys(output.alarm_names) : endswith(key, "silence")])
    error_message = "0 must switch the alarm off."
  }
}

run "addresses_are_subscribed" {
  command = plan

  module {
    source = "../alarms"
  }

  variables {
    topic_name               = "alarms"
    alarm_name_format        = "bayon-stripe-%s-development"
    email_addresses          = ["ops@example.com", "dev@example.com"]
    delivery_queue_name      = "delivery"
    failure_queue_name       = "failures"
    function_name            = "handler"
    function_timeout_seconds = 30
    parked_count_rule_name   = "parked-count"
    metrics = {
      events_parked       = { namespace = "StripeSubscriptionHandler/bayon/development", name = "EventsParked" }
      parked_expiring     = { namespace = "StripeSubscriptionHandler/bayon/development", name = "ParkedExpiring" }
      event_errors        = { namespace = "StripeSubscriptionHandler/bayon/development", name = "EventErrors" }
      generation_failures = { namespace = "StripeSubscriptionHandler/bayon/development", name = "GenerationFailures" }
      delivery_queue_age  = { namespace = "StripeSubscriptionHandler/bayon/development", name = "DeliveryQueueAge" }
      failure_queue_age   = { namespace = "StripeSubscriptionHandler/bayon/development", name = "FailureQueueAge" }
    }
    user_id_metadata_key = "userId"
    event_bus_name       = "bus"
    rule_name            = "rule"
    thresholds = {
      delivery_queue_messages                   = 0
      delivery_queue_age_seconds                = 0
      failure_queue_messages                    = 0
      failure_queue_age_seconds                 = 0
      function_errors                           = 0
      function_duration_fraction_of_timeout     = 0.8
      function_throttles                        = 0
      function_async_event_age_seconds          = 600
      function_async_events_dropped             = 0
      function_destination_delivery_failures    = 0
      rule_failed_invocations                   = 0
      rule_invocations_sent_to_dlq              = 0
      rule_invocations_failed_to_be_sent_to_dlq = 0
      rule_throttled                            = 0
      parked_events                             = 0
      parked_expiring                           = 0
      parked_count_failed_invocations           = 0
      stripe_unavailable                        = 0
      generation_failures                       = 0
      drift_found                               = 0
      drift_check_errors                        = 0
      bridge_errors                             = 0
      bridge_refusals                           = 0
      profile_events_iterator_age_seconds       = 300
      profile_events_errors                     = 0
      profile_events_failure_queue_messages     = 0
    }
  }

  override_resource {
    target          = aws_sns_topic.operators
    override_during = plan
    values          = { arn = "arn:aws:sns:eu-west-1:111122223333:alarms", owner = "111122223333" }
  }

  assert {
    condition = {
      for key, subscription in aws_sns_topic_subscription.email :
      key => [subscription.protocol, subscription.endpoint, subscription.topic_arn]
      } == {
      "ops@example.com" = ["email", "ops@example.com", "arn:aws:sns:eu-west-1:111122223333:alarms"]
      "dev@example.com" = ["email", "dev@example.com", "arn:aws:sns:eu-west-1:111122223333:alarms"]
    }
    error_message = "Each address must be subscribed to the topic."
  }
}
