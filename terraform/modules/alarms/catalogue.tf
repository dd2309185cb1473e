# The alarms: what is measured, when it is too much, what it means, what to do. A row more is an alarm more.

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
      remedy         = "read the message attribute ERROR_CODE, restore the function or its permission, then redrive the queue."
    }
    delivery_queue_age = {
      namespace      = "AWS/SQS"
      metric_name    = "ApproximateAgeOfOldestMessage"
      dimensions     = local.delivery_queue
      statistic      = "Maximum"
      period_seconds = 300
      threshold      = var.thresholds.delivery_queue_age_seconds
      meaning        = "An event has been waiting in the delivery dead-letter queue; its profile is out of date."
      remedy         = "redrive the queue before its retention ends; after that the event is only in the archive."
    }
    failure_queue_messages = {
      namespace      = "AWS/SQS"
      metric_name    = "ApproximateNumberOfMessagesVisible"
      dimensions     = local.failure_queue
      statistic      = "Maximum"
      period_seconds = 60
      threshold      = var.thresholds.failure_queue_messages
      meaning        = "The function failed on an event in every attempt; the event waits in the failure queue."
      remedy         = "read responsePayload.errorMessage in the message, correct the cause, then redrive the queue."
    }
    failure_queue_age = {
      namespace      = "AWS/SQS"
      metric_name    = "ApproximateAgeOfOldestMessage"
      dimensions     = local.failure_queue
      statistic      = "Maximum"
      period_seconds = 300
      threshold      = var.thresholds.failure_queue_age_seconds
      meaning        = "A failed event has been waiting in the failure queue; its profile is out of date."
      remedy         = "redrive the queue before its retention ends; after that the event is only in the archive."
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
      remedy         = "look for lines of level error in the function's log group; if a retry succeeded, nothing is left to do."
    }
    function_duration = {
      namespace      = "AWS/Lambda"
      metric_name    = "Duration"
      dimensions     = local.function
      statistic      = "Maximum"
      period_seconds = 300
      threshold      = var.function_timeout_seconds * 1000 * var.thresholds.function_duration_fraction_of_timeout
      meaning        = "An invocation came close to the function's timeout."
      remedy         = "see in the log which call was slow (DynamoDB, Stripe), then raise lambda_memory_mb or lambda_timeout_seconds."
    }
    function_throttles = {
      namespace      = "AWS/Lambda"
      metric_name    = "Throttles"
      dimensions     = local.function
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.function_throttles
      meaning        = "Lambda had no concurrency left for the function; its events wait inside Lambda for up to 6 hours."
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
      remedy         = "see whether the function is throttled or fails; events older than async_maximum_event_age_seconds go to the failure queue."
    }
    function_async_events_dropped = {
      namespace      = "AWS/Lambda"
      metric_name    = "AsyncEventsDropped"
      dimensions     = local.function
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.function_async_events_dropped
      meaning        = "Lambda gave up on events after their last attempt or their greatest age."
      remedy         = "look in the failure queue; an event that isn't there is replayed from the archive."
    }
    function_destination_delivery_failures = {
      namespace      = "AWS/Lambda"
      metric_name    = "DestinationDeliveryFailures"
      dimensions     = local.function
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.function_destination_delivery_failures
      meaning        = "Lambda could not write a failed event to the failure queue; the event is now only in the archive."
      remedy         = "check the role's sqs:SendMessage and the record's size against the queue's limit, then replay the archive."
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
      meaning        = "The rule gave up on invoking the function; events it put into the dead-letter queue are not counted here."
      remedy         = "check that the function exists and permits this rule, then replay the archive."
    }
    rule_invocations_sent_to_dlq = {
      namespace      = "AWS/Events"
      metric_name    = "InvocationsSentToDlq"
      dimensions     = local.rule
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.rule_invocations_sent_to_dlq
      meaning        = "EventBridge put events it could not deliver into the delivery dead-letter queue."
      remedy         = "read the message attribute ERROR_CODE there, correct the cause, then redrive the queue."
    }
    rule_invocations_failed_to_be_sent_to_dlq = {
      namespace      = "AWS/Events"
      metric_name    = "InvocationsFailedToBeSentToDlq"
      dimensions     = local.rule
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.rule_invocations_failed_to_be_sent_to_dlq
      meaning        = "EventBridge could deliver events neither to the function nor to the delivery dead-letter queue."
      remedy         = "check that the queue exists and its policy names this rule, then replay the archive."
    }
    rule_throttled = {
      namespace      = "AWS/Events"
      metric_name    = "ThrottledRules"
      dimensions     = local.rule
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.rule_throttled
      meaning        = "EventBridge ran the rule more slowly than events came in; they wait."
      remedy         = "ask AWS to raise the account's EventBridge invocations quota if it goes on."
    }
  }

  handling_alarms = {
    parked_events = {
      namespace      = var.parked_events_metric.namespace
      metric_name    = var.parked_events_metric.name
      dimensions     = {}
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.parked_events
      meaning        = "An event waits for a user: nobody has said yet whose subscription it is about."
      remedy = join(" ", [
        "find it in the function's log group (reason \"parked\"); unless a later event has named the user,",
        "label the subscription's metadata (${var.user_id_metadata_key}) in Stripe within 30 days;",
        "afterwards only the archive, while it keeps the event, and Stripe have it.",
      ])
    }
  }

  forwarding_alarms = var.forwarding_rule_name == null ? {} : {
    forwarding_failed_invocations = {
      namespace      = "AWS/Events"
      metric_name    = "FailedInvocations"
      dimensions     = { EventBusName = var.event_bus_name, RuleName = var.forwarding_rule_name }
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.rule_failed_invocations
      meaning        = "Events did not reach the forwarding bus; profiles are not affected, its other consumers are."
      remedy         = "check the forwarding role and bus, then replay the archive to the forwarding rule alone."
    }
  }

  catalogue = merge(
    local.queue_alarms,
    local.function_alarms,
    local.rule_alarms,
    local.handling_alarms,
    local.forwarding_alarms,
  )
}
