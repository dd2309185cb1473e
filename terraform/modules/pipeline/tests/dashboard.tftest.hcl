# What one looks at: the dashboard and the saved queries.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "the_dashboard_shows_the_pipeline_in_reading_order" {
  command = plan

  assert {
    condition = (
      output.dashboard_name == "bayon-stripe-pipeline-development"
      && [for widget in jsondecode(module.dashboard.body).widgets : widget.properties.title] == [
        "Alarms (docs/runbook.md says what to do)",
        "1 Events matched",
        "2 Invocations",
        "3 Decisions",
        "4 Duration of a write, ms",
        "5 Failures",
        "6 Dead letters",
        "7 Age of the oldest dead letter, s",
        "8 Parked",
      ]
    )
    error_message = "The dashboard must show the alarms, then the way of an event."
  }

  assert {
    condition = (
      length(jsondecode(module.dashboard.body).widgets[0].properties.alarms) == length(output.alarm_names)
      && toset(jsondecode(module.dashboard.body).widgets[0].properties.alarms) == toset([
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:an-alarm",
      ])
    )
    error_message = "The state of every alarm must be on it."
  }

  assert {
    condition = (
      length(distinct([for widget in jsondecode(module.dashboard.body).widgets : "${widget.x} ${widget.y}"])) == 9
      && alltrue([
        for widget in jsondecode(module.dashboard.body).widgets : widget.x + widget.width <= 24
      ])
    )
    error_message = "Widgets must lie side by side, on 24 columns."
  }

  assert {
    condition = alltrue([
      for widget in jsondecode(module.dashboard.body).widgets :
      widget.properties.region == "eu-west-1" if widget.type == "metric"
    ])
    error_message = "Graphs must be of the function's region."
  }

  assert {
    condition = toset(flatten([
      for widget in jsondecode(module.dashboard.body).widgets : [
        for metric in widget.properties.metrics : try("${metric[0]} ${metric[1]}", "a search")
      ] if widget.type == "metric"
      ])) == toset([
      "AWS/Events MatchedEvents",
      "AWS/Events FailedInvocations",
      "AWS/Lambda Invocations",
      "AWS/Lambda Throttles",
      "AWS/Lambda Errors",
      "AWS/Lambda AsyncEventsDropped",
      "AWS/SQS ApproximateNumberOfMessagesVisible",
      "StripeSubscriptionHandler/bayon/development DeliveryQueueAge",
      "StripeSubscriptionHandler/bayon/development FailureQueueAge",
      "StripeSubscriptionHandler/bayon/development EventsDecided",
      "StripeSubscriptionHandler/bayon/development WriteDuration",
      "StripeSubscriptionHandler/bayon/development Parked",
      "StripeSubscriptionHandler/bayon/development ParkedExpiring",
      "StripeSubscriptionHandler/bayon/development EventsParked",
      "StripeSubscriptionHandler/bayon/development EventsDrained",
      "a search",
    ])
    error_message = "The graphs must be of these metrics."
  }

  assert {
    condition = strcontains(
      module.dashboard.body,
      "SEARCH('{\\\"StripeSubscriptionHandler/bayon/development\\\",ErrorType} MetricName=\\\"EventErrors\\\"', 'Sum')"
    )
    error_message = "Errors of every type that occurs must be found."
  }
}

run "there_need_be_no_saved_queries" {
  command = plan

  variables {
    create_saved_queries = false
  }

  assert {
    condition     = output.saved_query_names == []
    error_message = "LocalStack has none; the rest must be there without them."
  }
}

run "saved_queries_read_the_functions_log" {
  command = plan

  assert {
    condition = output.saved_query_names == [
      for name in ["decisions-by-reason", "errors-by-type", "one-users-history", "parked", "slowest"] :
      "bayon-stripe-queries-development/${name}"
    ]
    error_message = "The saved queries must be in a folder of this environment."
  }

  assert {
    condition = alltrue([
      for query in values(module.dashboard.queries) :
      query.log_group_names == tolist(["/aws/lambda/bayon-stripe-subscription-handler-development"])
    ])
    error_message = "Each query must be about the function's log group."
  }
}
