# What the function's log is counted into, and the hourly count of parked events.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "every_metric_of_the_log" {
  command = plan

  module {
    source = "../metrics"
  }

  variables {
    log_group_name = "/aws/lambda/handler"
    namespace      = "StripeSubscriptionHandler/bayon/development"
  }

  assert {
    condition = {
      for name, filter in aws_cloudwatch_log_metric_filter.handler : filter.name => join(" ", concat(
        [one(filter.metric_transformation).name, filter.pattern, one(filter.metric_transformation).value],
        [one(filter.metric_transformation).unit],
        [for key, field in coalesce(one(filter.metric_transformation).dimensions, {}) : "${key}=${field}"],
      ))
      } == {
      events-decided      = "EventsDecided { $.decision = * } 1 Count Decision=$.decision"
      event-errors        = "EventErrors { $.decision = \"error\" && $.error_type = * } 1 Count ErrorType=$.error_type"
      write-duration      = "WriteDuration { $.decision = \"write\" && $.duration_ms = * } $.duration_ms Milliseconds"
      stripe-requests     = "StripeRequests { $.stripe_requests > 0 } $.stripe_requests Count"
      generation-failures = "GenerationFailures { $.event_type = \"v2.core.health.event_generation_failure.resolved\" && $.decision = * } 1 Count"
      events-parked       = "EventsParked { $.reason = \"parked\" } 1 Count"
      events-drained      = "EventsDrained { $.drained > 0 } $.drained Count"
      parked              = "Parked { $.event = \"parked_count\" && $.parked = * } $.parked Count"
      parked-expiring     = "ParkedExpiring { $.event = \"parked_count\" && $.parked_expiring = * } $.parked_expiring Count"
      delivery-queue-age  = "DeliveryQueueAge { $.event = \"parked_count\" && $.delivery_queue_oldest_seconds >= 0 } $.delivery_queue_oldest_seconds Seconds"
      failure-queue-age   = "FailureQueueAge { $.event = \"parked_count\" && $.failure_queue_oldest_seconds >= 0 } $.failure_queue_oldest_seconds Seconds"
    }
    error_message = "Each metric must count its own lines, and name in its pattern every field it uses."
  }

  assert {
    condition = alltrue([
      for filter in aws_cloudwatch_log_metric_filter.handler : (
        filter.log_group_name == "/aws/lambda/handler"
        && one(filter.metric_transformation).namespace == "StripeSubscriptionHandler/bayon/development"
        # AWS takes no default value beside dimensions; and each hour with data costs.
        && one(filter.metric_transformation).default_value == null
      )
    ])
    error_message = "Every filter must read the function's log, into this environment's namespace, without a default value."
  }
}

run "metrics_have_a_namespace_of_their_own" {
  command = plan

  assert {
    condition = (
      output.metric_namespace == "StripeSubscriptionHandler/bayon/development"
      && alltrue([for metric in values(module.metrics.metrics) : metric.namespace == output.metric_namespace])
      && length(distinct([for metric in values(module.metrics.metrics) : metric.name])) == 11
    )
    error_message = "Two environments must never count into the same metric."
  }
}

run "a_namespace_of_aws_is_refused" {
  command = plan

  module {
    source = "../metrics"
  }

  variables {
    log_group_name = "/aws/lambda/handler"
    namespace      = "AWS/Lambda"
  }

  expect_failures = [var.namespace]
}

run "parked_events_are_counted_once_an_hour" {
  command = plan

  assert {
    condition = (
      output.parked_count_rule_name == "bayon-stripe-parked-count-development"
      && output.parked_index_name == "parked-by-expiry"
      && module.parked_count.schedule == {
        expression = "rate(1 hour)"
        target_arn = "arn:aws:lambda:eu-west-1:111122223333:function:handler"
        input      = "{\"stripe-subscription-handler\":\"count-parked\"}"
      }
    )
    error_message = "The function must be asked to count, with the constant it knows."
  }

  assert {
    condition = module.parked_count.permission == {
      action        = "lambda:InvokeFunction"
      function_name = "bayon-stripe-subscription-handler-development"
      principal     = "events.amazonaws.com"
      source_arn    = "arn:aws:events:eu-west-1:111122223333:rule/parked-count"
    }
    error_message = "The schedule needs a permission of its own, for this rule only."
  }
}
