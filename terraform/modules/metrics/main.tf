# What the function's log is counted into. A row more is a metric more, or one for each value of its dimension:
# each costs $0.30 a month, by the hours in which it has data.
#
# The handler writes one JSON line for each event, and one for each count of parked events. A filter's pattern
# names every field that its value and its dimension are taken from, so that no line without them is counted.
# None has a default value: it would cost a month's price for hours with nothing to say, and excludes dimensions.

locals {
  filters = {
    events_decided = {
      name       = "EventsDecided"
      pattern    = "{ $.decision = * }"
      value      = "1"
      unit       = "Count"
      dimensions = { Decision = "$.decision" }
    }
    event_errors = {
      name       = "EventErrors"
      pattern    = "{ $.decision = \"error\" && $.error_type = * }"
      value      = "1"
      unit       = "Count"
      dimensions = { ErrorType = "$.error_type" }
    }
    write_duration = {
      name       = "WriteDuration"
      pattern    = "{ $.decision = \"write\" && $.duration_ms = * }"
      value      = "$.duration_ms"
      unit       = "Milliseconds"
      dimensions = null
    }
    stripe_requests = {
      name       = "StripeRequests"
      pattern    = "{ $.stripe_requests > 0 }"
      value      = "$.stripe_requests"
      unit       = "Count"
      dimensions = null
    }
    generation_failures = {
      name       = "GenerationFailures"
      pattern    = "{ $.event_type = \"v2.core.health.event_generation_failure.resolved\" && $.decision = * }"
      value      = "1"
      unit       = "Count"
      dimensions = null
    }
    events_parked = {
      name       = "EventsParked"
      pattern    = "{ $.reason = \"parked\" }"
      value      = "1"
      unit       = "Count"
      dimensions = null
    }
    events_drained = {
      name       = "EventsDrained"
      pattern    = "{ $.drained > 0 }"
      value      = "$.drained"
      unit       = "Count"
      dimensions = null
    }
    parked = {
      name       = "Parked"
      pattern    = "{ $.event = \"parked_count\" && $.parked = * }"
      value      = "$.parked"
      unit       = "Count"
      dimensions = null
    }
    parked_expiring = {
      name       = "ParkedExpiring"
      pattern    = "{ $.event = \"parked_count\" && $.parked_expiring = * }"
      value      = "$.parked_expiring"
      unit       = "Count"
      dimensions = null
    }
    # A count that could not look into a queue has no such field; a queue without messages has 0.
    delivery_queue_age = {
      name       = "DeliveryQueueAge"
      pattern    = "{ $.event = \"parked_count\" && $.delivery_queue_oldest_seconds >= 0 }"
      value      = "$.delivery_queue_oldest_seconds"
      unit       = "Seconds"
      dimensions = null
    }
    failure_queue_age = {
      name       = "FailureQueueAge"
      pattern    = "{ $.event = \"parked_count\" && $.failure_queue_oldest_seconds >= 0 }"
      value      = "$.failure_queue_oldest_seconds"
      unit       = "Seconds"
      dimensions = null
    }
  }
}

resource "aws_cloudwatch_log_metric_filter" "handler" {
  for_each = local.filters

  name           = replace(each.key, "_", "-")
  log_group_name = var.log_group_name
  pattern        = each.value.pattern

  metric_transformation {
    namespace  = var.namespace
    name       = each.value.name
    value      = each.value.value
    unit       = each.value.unit
    dimensions = each.value.dimensions
  }
}
