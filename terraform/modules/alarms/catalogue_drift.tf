# The alarms of the drift check, where there is one.

locals {
  drift_alarms = var.drift_check == null ? {} : {
    drift_found = {
      namespace      = var.drift_check.metric.namespace
      metric_name    = var.drift_check.metric.name
      dimensions     = {}
      statistic      = "Maximum"
      period_seconds = 300
      threshold      = var.thresholds.drift_found
      meaning        = "Profiles differed from Stripe in two looks, minutes apart: events were lost, or something else writes to the profiles."
      commands       = ["stripe-handler reconcile", "stripe-handler reconcile --apply"]
      remedy         = "the check's log names each one (event drift_difference) and whether it was repaired; look for the cause with doctor. Ends when the next pass finds none."
    }
    drift_check_errors = {
      namespace      = "AWS/Lambda"
      metric_name    = "Errors"
      dimensions     = { FunctionName = var.drift_check.function_name }
      statistic      = "Sum"
      period_seconds = 300
      threshold      = var.thresholds.drift_check_errors
      meaning        = "A slice of the drift check failed: Stripe or a table could not be asked. The next slice goes on from there."
      commands       = ["stripe-handler doctor"]
      remedy         = "its log says why; nothing is left to do if it does not go on. Profiles are not affected."
    }
    # Fires on nothing, as silence does: a pass that ends leaves a value, 0 too.
    drift_check_unfinished = {
      namespace      = var.drift_check.metric.namespace
      metric_name    = var.drift_check.metric.name
      dimensions     = {}
      statistic      = "SampleCount"
      period_seconds = 3600
      threshold      = 1
      meaning        = "The drift check has finished no pass for ${var.drift_check.unfinished_after_hours} hours."
      commands       = ["stripe-handler doctor"]
      remedy         = "look whether its schedule, its role and the function are there and what its log says; if its slices work but do not come to an end, raise drift_check_requests_per_second or drift_check_alarm_hours."
    }
  }
}
