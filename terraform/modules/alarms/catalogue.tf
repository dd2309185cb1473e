# The alarms on AWS's own metrics: what is measured, when it is too much, what it means, what to run, what to do. A
# row more is an alarm more, and a section more in docs/runbook.md. catalogue_handling.tf has the others.

locals {
  delivery_queue = { QueueName = var.delivery_queue_name }
  failure_queue  = { QueueName = var.failure_queue_name }
  function       = { FunctionName = var.function_name }
  rule           = { EventBusName = var.event_bus_name, RuleName = var.rule_name }

  queue_alarms = {
    delivery_queue_messages = {
      namespace      = "AWS/SQS"
      metric_name    = "ApproximateNumberOfMessagesVisible"
      dimensions     = local.delivery_queue
      statistic      = "Maximum"
      period_seconds = 60
      threshold      = var.thresholds.delivery_queue_messages
      meaning        = "EventBridge could not hand events to the function; they wait in the delivery dead-letter queue."
      commands       = ["stripe-handler dlq list", "stripe-handler doctor", "stripe-handler dlq redrive --all"]
      remedy         = "restore what doctor finds missing (the function or its permission), then redrive."
    }
    # Not SQS's own age: that leaves out a message that was received three times, and every look receives it.
    delivery_queue_age = {
      namespace      = var.metrics.delivery_queue_age.namespace
      metric_name    = var.metrics.delivery_queue_age.name
      dimensions     = {}
      statistic      = "Maximum"
      period_seconds = 300
      threshold      = var.thresholds.delivery_queue_age_seconds
      meaning        = "An event has been waiting in the delivery dead-letter queue; its profile is out of date."
      commands       = ["stripe-handler dlq list", "stripe-handler dlq redrive --all", "stripe-handler parked --count"]
      remedy         = "redrive before the queue's retention ends; after that the event is only in the archive. Counted once an hour."
    }
    failure_queue_messages = {
      namespace      = "AWS/SQS"
      metric_name    = "ApproximateNumberOfMessagesVisible"
      dimensions     = local.failure_queue
      statistic      = "Maximum"
      period_seconds = 60
      threshold      = var.thresholds.failure_queue_messages
      meaning        = "The function failed on an event in every attempt; the event waits in the failure queue."
      commands = [
        "stripe-handler dlq list",
        "stripe-handler dlq show $EVENT_ID",
        "stripe-handler dlq redrive --all",
      ]
      remedy = "read the error, correct its cause, then redrive."
    }
    failure_queue_age = {
      namespace      = var.metrics.failure_queue_age.namespace
      metric_name    = var.metrics.failure_queue_age.name
      dimensions     = {}
      statistic      = "Maximum"
      period_seconds = 300
      threshold      = var.thresholds.failure_queue_age_seconds
      meaning        = "A failed event has been waiting in the failure queue; its profile is out of date."
      commands       = ["stripe-handler dlq list", "stripe-handler dlq redrive --all", "stripe-handler parked --count"]
      remedy         = "redrive before the queue's retention ends; after that the event is only in the archive. Counted once an hour."
    }
  }

  function_alarms = {
    function_errors = {
      namespace      = "AWS/Lambda"
      metric_name    = "Errors"
      dimensions     = local.function
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.function_errors
      meaning        = "Invocations of the function failed; Lambda retries each event twice, about 1 and 2 minutes later."
      commands       = ["stripe-handler dlq list", "stripe-handler doctor"]
      remedy         = "if a retry succeeded, the queue is empty and nothing is left to do; else see failure_queue_messages."
    }
    function_duration = {
      namespace      = "AWS/Lambda"
      metric_name    = "Duration"
      dimensions     = local.function
      statistic      = "Maximum"
      period_seconds = 300
      threshold      = var.function_timeout_seconds * 1000 * var.thresholds.function_duration_fraction_of_timeout
      meaning        = "An invocation came close to the function's timeout."
      commands       = ["stripe-handler doctor"]
      remedy         = "the saved query \"slowest\" shows which events were slow; raise lambda_memory_mb or lambda_timeout_seconds if it goes on."
    }
    function_throttles = {
      namespace      = "AWS/Lambda"
      metric_name    = "Throttles"
      dimensions     = local.function
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.function_throttles
      meaning        = "Lambda had no concurrency left for the function; its events wait inside Lambda for up to 6 hours."
      commands       = ["stripe-handler doctor"]
      remedy         = "raise lambda_reserved_concurrent_executions or the account's concurrency quota."
    }
    function_async_event_age = {
      namespace      = "AWS/Lambda"
      metric_name    = "AsyncEventAge"
      dimensions     = local.function
      statistic      = "Maximum"
      period_seconds = 300
      threshold      = var.thresholds.function_async_event_age_seconds * 1000
      meaning        = "Events wait inside Lambda longer than the normal retries take; profiles are late."
      commands       = ["stripe-handler doctor"]
      remedy         = "end the throttling or the failures; events older than async_maximum_event_age_seconds go to the failure queue."
    }
    function_async_events_dropped = {
      namespace      = "AWS/Lambda"
      metric_name    = "AsyncEventsDropped"
      dimensions     = local.function
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.function_async_events_dropped
      meaning        = "Lambda gave up on events after their last attempt or their greatest age."
      commands       = ["stripe-handler dlq list", "stripe-handler dlq redrive --all"]
      remedy         = "they are in the failure queue; for those that are not, see function_destination_delivery_failures."
    }
    function_destination_delivery_failures = {
      namespace      = "AWS/Lambda"
      metric_name    = "DestinationDeliveryFailures"
      dimensions     = local.function
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.function_destination_delivery_failures
      meaning        = "Lambda could not write a failed event to the failure queue; the event is now only in the archive."
      commands       = ["stripe-handler doctor", "stripe-handler replay --from $SINCE --to now"]
      remedy         = "restore the queue or the role's sqs:SendMessage (a record larger than the queue takes is the other cause), then replay."
    }
  }

  rule_alarms = {
    rule_failed_invocations = {
      namespace      = "AWS/Events"
      metric_name    = "FailedInvocations"
      dimensions     = local.rule
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.rule_failed_invocations
      meaning        = "The rule gave up on invoking the function."
      commands       = ["stripe-handler doctor", "stripe-handler dlq list", "stripe-handler dlq redrive --all"]
      remedy         = "restore what doctor finds missing; the events are in the delivery dead-letter queue unless another alarm says that it refused them."
    }
    rule_invocations_sent_to_dlq = {
      namespace      = "AWS/Events"
      metric_name    = "InvocationsSentToDlq"
      dimensions     = local.rule
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.rule_invocations_sent_to_dlq
      meaning        = "EventBridge put events it could not deliver into the delivery dead-letter queue."
      commands       = ["stripe-handler dlq list", "stripe-handler doctor", "stripe-handler dlq redrive --all"]
      remedy         = "see delivery_queue_messages."
    }
    rule_invocations_failed_to_be_sent_to_dlq = {
      namespace      = "AWS/Events"
      metric_name    = "InvocationsFailedToBeSentToDlq"
      dimensions     = local.rule
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.rule_invocations_failed_to_be_sent_to_dlq
      meaning        = "EventBridge could deliver events neither to the function nor to the delivery dead-letter queue; they are now only in the archive."
      commands       = ["stripe-handler doctor", "stripe-handler replay --from $SINCE --to now"]
      remedy         = "restore the queue and its policy for this rule, then replay."
    }
    rule_throttled = {
      namespace      = "AWS/Events"
      metric_name    = "ThrottledRules"
      dimensions     = local.rule
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.rule_throttled
      meaning        = "EventBridge ran the rule more slowly than events came in; they wait."
      commands       = ["stripe-handler doctor"]
      remedy         = "ask AWS to raise the account's EventBridge invocations quota if it goes on."
    }
  }
}
