# The alarms on what the handler itself reports (modules/metrics), and the two that not every stack has.

locals {
  handling_alarms = {
    parked_events = {
      namespace      = var.metrics.events_parked.namespace
      metric_name    = var.metrics.events_parked.name
      dimensions     = {}
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.parked_events
      meaning        = "An event waits for a user: nobody has said yet whose subscription it is about."
      commands       = ["stripe-handler parked"]
      remedy         = "unless a later event has named the user, put ${var.user_id_metadata_key} into the subscription's metadata in Stripe within 30 days; that update applies everything."
    }
    parked_expiring = {
      namespace      = var.metrics.parked_expiring.namespace
      metric_name    = var.metrics.parked_expiring.name
      dimensions     = {}
      statistic      = "Maximum"
      period_seconds = 300
      threshold      = var.thresholds.parked_expiring
      meaning        = "Events that wait for a user expire within 7 days; afterwards only the archive, while it keeps them, and Stripe have them."
      commands       = ["stripe-handler parked --expiring", "stripe-handler parked --count"]
      remedy         = "put ${var.user_id_metadata_key} into the metadata of the subscriptions it lists. Counted once an hour."
    }
    parked_count_failed_invocations = {
      namespace      = "AWS/Events"
      metric_name    = "FailedInvocations"
      dimensions     = { RuleName = var.parked_count_rule_name }
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.parked_count_failed_invocations
      meaning        = "The hourly count of parked events could not be handed to the function, so parked_expiring knows nothing new."
      commands       = ["stripe-handler doctor", "terraform apply"]
      remedy         = "restore the function or the permission AllowParkedCount; no event is lost by this."
    }
    stripe_unavailable = {
      namespace      = var.metrics.event_errors.namespace
      metric_name    = var.metrics.event_errors.name
      dimensions     = { ErrorType = "StripeUnavailableError" }
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.stripe_unavailable
      meaning        = "Stripe had to be asked about an event and did not answer, or refused the key, or there is none; Lambda retries, then the event goes to the failure queue."
      commands       = ["stripe-handler doctor", "stripe-handler dlq redrive --error-type StripeUnavailableError"]
      remedy         = "check the key (stripe_secret_arn or stripe_secret_parameter_name) and Stripe's status page, then redrive."
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
      commands       = ["stripe-handler doctor", "terraform apply"]
      remedy         = "restore the bus and the forwarding role, then replay the archive to the forwarding rule alone."
    }
  }

  # The one alarm that fires on nothing: when the metric is below its threshold, and when there is none.
  silence_alarms = var.silence_hours == null ? {} : {
    silence = {
      namespace      = "AWS/Events"
      metric_name    = "Invocations"
      dimensions     = local.rule
      statistic      = "Sum"
      period_seconds = 3600
      threshold      = 1
      meaning        = "The rule has passed no event to the function for ${var.silence_hours} hours."
      commands       = ["stripe-handler doctor"]
      remedy         = "if that is too quiet for this account, look whether Stripe's event destination is enabled and its event source active: Stripe does not send again what it did not send meanwhile."
    }
  }

  catalogue = merge(
    local.queue_alarms,
    local.function_alarms,
    local.rule_alarms,
    local.handling_alarms,
    local.forwarding_alarms,
    local.silence_alarms,
    local.drift_alarms,
  )
}
