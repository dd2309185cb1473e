# The alarms on what the handler itself reports (modules/metrics), and those that not every stack has.

locals {
  handling_alarms = {
    parked_events = {
      namespace      = var.metrics.events_parked.namespace
      metric_name    = var.metrics.events_parked.name
      dimensions     = {}
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.parked_events
      meaning        = "An event waits for a user: nobody has said yet whose subscription it is about, or the user has no profile."
      commands       = ["stripe-handler parked"]
      remedy         = "unless a later event has named the user, put ${var.user_id_metadata_key} into the subscription's metadata in Stripe within 30 days (stripe-handler link SUBSCRIPTION USER); that update applies everything."
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
      remedy         = "put ${var.user_id_metadata_key} into the metadata of the subscriptions it lists (stripe-handler link SUBSCRIPTION USER). Counted once an hour."
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
    generation_failures = {
      namespace      = var.metrics.generation_failures.namespace
      metric_name    = var.metrics.generation_failures.name
      dimensions     = {}
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.generation_failures
      meaning        = "Stripe says that it failed to generate an event; the function applied what that was about, unless its log line says not_told."
      commands       = ["stripe-handler reconcile", "stripe-handler doctor", "stripe-handler reconcile --apply"]
      remedy         = "where the line's reason is not_told (no key, or Stripe does not show what it was), reconcile finds it; else nothing is left to do."
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

  # Lambda counts every answer of the function behind the URL, its own for a function that fails or is throttled too.
  bridge_alarms = var.bridge_function_name == null ? {} : {
    bridge_errors = {
      namespace      = "AWS/Lambda"
      metric_name    = "Url5xxCount"
      dimensions     = { FunctionName = var.bridge_function_name }
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.bridge_errors
      meaning        = "The webhook bridge could not put events on its bus; Stripe sends them again, for up to three days."
      commands       = ["stripe-handler doctor", "terraform apply"]
      remedy         = "the bridge's log names the reason, most often its secret or its role; restore that."
    }
    # Not Url4xxCount, which counts everyone who finds the URL: what looks like Stripe's own, by the bridge's log, and what
    # Lambda had no concurrency for, which the log does not know, and Stripe's may be among.
    bridge_refusals = {
      namespace      = var.bridge_refusals_metric.namespace
      metric_name    = var.bridge_refusals_metric.name
      dimensions     = {}
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.bridge_refusals
      meaning        = "The webhook bridge refused events of Stripe's: the signature did not fit, or the event was too large; or Lambda throttled it."
      commands       = ["stripe-handler doctor"]
      remedy         = "the bridge's log says which (sender stripe); if the signature does not fit, give the bridge the endpoint's signing secret; without a line it was throttled. Stripe sends them again, for up to three days."
    }
  }

  # What an alarm counts besides its row's metric, by its key.
  further_metrics = var.bridge_function_name == null ? {} : {
    bridge_refusals = [{
      namespace   = "AWS/Lambda"
      metric_name = "Throttles"
      dimensions  = { FunctionName = var.bridge_function_name }
    }]
  }

  bridge_rule_alarms = var.bridge_rule == null ? {} : {
    bridge_rule_failed_invocations = {
      namespace      = "AWS/Events"
      metric_name    = "FailedInvocations"
      dimensions     = { EventBusName = var.bridge_rule.bus_name, RuleName = var.bridge_rule.name }
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.rule_failed_invocations
      meaning        = "The rule of the webhook bridge's bus gave up on invoking the function."
      commands       = ["stripe-handler doctor", "stripe-handler dlq list", "stripe-handler dlq redrive --all"]
      remedy         = "restore what doctor finds missing; the events are in the delivery dead-letter queue unless another alarm says that it refused them."
    }
    bridge_rule_invocations_failed_to_be_sent_to_dlq = {
      namespace      = "AWS/Events"
      metric_name    = "InvocationsFailedToBeSentToDlq"
      dimensions     = { EventBusName = var.bridge_rule.bus_name, RuleName = var.bridge_rule.name }
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.rule_invocations_failed_to_be_sent_to_dlq
      meaning        = "Events of the webhook bridge reached neither the function nor the delivery dead-letter queue; they are now only in the archive of its bus."
      commands       = ["stripe-handler doctor", "stripe-handler replay --bridge --from $SINCE --to now"]
      remedy         = "restore the queue and its policy for this rule, then replay."
    }
  }

  catalogue = merge(
    local.queue_alarms,
    local.function_alarms,
    local.rule_alarms,
    local.handling_alarms,
    local.forwarding_alarms,
    local.bridge_alarms,
    local.bridge_rule_alarms,
    local.silence_alarms,
    local.bridge_silence_alarms,
    local.parked_count_silence_alarms,
    local.drift_alarms,
    local.profile_events_alarms,
  )
}
