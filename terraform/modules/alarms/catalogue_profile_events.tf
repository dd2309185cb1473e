# The alarms of the profile events, where there are some.

locals {
  profile_events_alarms = var.profile_events == null ? {} : {
    profile_events_iterator_age = {
      namespace      = "AWS/Lambda"
      metric_name    = "IteratorAge"
      dimensions     = { FunctionName = var.profile_events.function_name }
      statistic      = "Maximum"
      period_seconds = 300
      threshold      = var.thresholds.profile_events_iterator_age_seconds * 1000
      meaning        = "Changes of profiles wait to be told. Profiles are not affected; whoever listens is late."
      commands       = ["stripe-handler doctor", "terraform apply"]
      remedy         = "the log of the profile events names what the bus refuses, or why the function fails; restore the bus, the role or the code. The stream keeps a change for 24 hours."
    }
    profile_events_errors = {
      namespace      = "AWS/Lambda"
      metric_name    = "Errors"
      dimensions     = { FunctionName = var.profile_events.function_name }
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.profile_events_errors
      meaning        = "The function that tells changes of profiles failed; Lambda gives it the same changes again."
      commands       = ["stripe-handler doctor", "terraform apply"]
      remedy         = "its log says why; nothing is left to do if it does not go on and profile_events_failure_queue_messages is quiet. Profiles are not affected."
    }
    profile_events_failure_queue_messages = {
      namespace      = "AWS/SQS"
      metric_name    = "ApproximateNumberOfMessagesVisible"
      dimensions     = { QueueName = var.profile_events.failure_queue_name }
      statistic      = "Maximum"
      period_seconds = 60
      threshold      = var.thresholds.profile_events_failure_queue_messages
      meaning        = "Changes of profiles could not be told; their places in the stream wait in a queue, and the stream keeps them for 24 hours."
      commands       = ["stripe-handler profile-events list", "stripe-handler profile-events redrive"]
      remedy         = "correct the cause that the list names, then redrive within 24 hours; of what is older, consumers must read the profile itself."
    }
  }
}
