# The alarms that fire on nothing: when no event came for hours, and when there is no data at all. They are the only ones
# that tell of what stops events before a rule matches them: the destination at Stripe, the event source, a rule that
# somebody disabled or whose pattern somebody changed. The hourly count falls silent in the same way.

locals {
  silence_alarms = var.silence_hours == null || !var.is_rule_fed ? {} : {
    silence = {
      namespace      = "AWS/Events"
      metric_name    = "Invocations"
      dimensions     = local.rule
      statistic      = "Sum"
      period_seconds = 3600
      threshold      = 1
      meaning        = "The rule has passed no event to the function for ${var.silence_hours} hours."
      commands       = ["stripe-handler doctor", "terraform apply", "stripe-handler replay --from $SINCE --to now"]
      remedy         = "restore what doctor finds (the rule, Stripe's event destination, its event source), then replay what the archive has; Stripe does not send again what it did not send."
    }
  }

  bridge_silence_alarms = var.silence_hours == null || var.bridge_rule == null ? {} : {
    bridge_silence = {
      namespace      = "AWS/Events"
      metric_name    = "Invocations"
      dimensions     = { EventBusName = var.bridge_rule.bus_name, RuleName = var.bridge_rule.name }
      statistic      = "Sum"
      period_seconds = 3600
      threshold      = 1
      meaning        = "No event has come by the webhook bridge for ${var.silence_hours} hours."
      commands       = ["stripe-handler doctor", "terraform apply", "stripe-handler replay --bridge --from $SINCE --to now"]
      remedy         = "restore what doctor finds (the bridge's rule, Stripe's webhook endpoint), then replay what the archive of its bus has; if the endpoint was disabled for good, remove webhook_bridge."
    }
  }
  parked_count_silence_alarms = var.silence_hours == null ? {} : {
    # A count leaves a value, 0 too.
    parked_count_silence = {
      namespace      = var.metrics.parked_expiring.namespace
      metric_name    = var.metrics.parked_expiring.name
      dimensions     = {}
      statistic      = "SampleCount"
      period_seconds = 3600
      threshold      = 1
      meaning        = "Nobody has counted the events that wait for a user for ${var.silence_hours} hours, so parked_expiring knows nothing new."
      commands       = ["stripe-handler doctor", "terraform apply", "stripe-handler parked --count"]
      remedy         = "restore what doctor finds, most often the hourly rule, which somebody disabled, then count; no event is lost by this."
    }
  }
}
