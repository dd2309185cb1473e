locals {
  # Every name is <prefix>-stripe-<what>-<environment>. A partner event bus is the exception: AWS wants it to
  # have its event source's name.
  name_format = "${var.prefix}-stripe-%s-${var.environment}"

  names = {
    event_bus                  = format(local.name_format, "events")
    archive                    = format(local.name_format, "events")
    rule                       = format(local.name_format, "subscription-events")
    forwarding                 = format(local.name_format, "forwarding")
    function                   = format(local.name_format, "subscription-handler")
    delivery_dead_letter_queue = format(local.name_format, "delivery-dlq")
    failure_queue              = format(local.name_format, "failures")
    sync_table                 = format(local.name_format, "sync")
    webhook_bridge             = format(local.name_format, "webhook-bridge")
    bridge_bus                 = format(local.name_format, "bridge")
    bridge_rule                = format(local.name_format, "bridge-events")
    parked_count               = format(local.name_format, "parked-count")
    drift_check                = format(local.name_format, "drift-check")
    profile_events             = format(local.name_format, "profile-events")
    profile_events_failures    = format(local.name_format, "profile-events-failures")
    profile_events_source      = format(local.name_format, "profiles")
    alarm_topic                = format(local.name_format, "alarms")
    dashboard                  = format(local.name_format, "pipeline")
    query_folder               = format(local.name_format, "queries")
  }

  # What the functions have in common.
  function_settings = {
    package_path       = var.lambda_package_path
    package_s3         = var.lambda_package_s3
    runtime            = var.lambda_runtime
    architecture       = var.lambda_architecture
    log_retention_days = var.log_retention_days
    kms_key_arn        = var.kms_key_arn
  }

  # A metric filter on a log group can't give its metric a fixed dimension, so the namespace says whose it is.
  # With slashes: two prefixes and environments never make the same one.
  metric_namespace = "StripeSubscriptionHandler/${var.prefix}/${var.environment}"

  # What the bridge's events are called. It puts them on a bus of its own, unless it is told to use the stack's.
  webhook_bridge_event_source = "stripe-webhook-bridge"
  has_bridge_bus              = try(var.webhook_bridge.dedicated_bus, false)
  bridge_event_source = (
    var.webhook_bridge == null || local.has_bridge_bus
    ? var.bridge_event_source
    : coalesce(var.bridge_event_source, local.webhook_bridge_event_source)
  )

  # The account's default bus always exists; PutEvents says nothing of a bus that does not.
  profile_table_arn_parts = split(":", module.tables.profile_table_arn)
  profile_events_bus_arn = var.profile_events_bus_arn != null ? var.profile_events_bus_arn : join(":", [
    "arn", local.profile_table_arn_parts[1], "events", local.profile_table_arn_parts[3], local.profile_table_arn_parts[4],
    "event-bus/default",
  ])
  profile_events_source = (
    var.profile_events_source != null ? var.profile_events_source : local.names.profile_events_source
  )

  # Without a key it could not be.
  has_stripe_key      = var.stripe_secret_arn != null || var.stripe_secret_parameter_name != null
  creates_drift_check = var.create_drift_check == null ? local.has_stripe_key : var.create_drift_check

  # What watches them: alarms and dashboard.
  profile_events = one([
    for events in module.profile_events : {
      function_name      = events.function_name
      failure_queue_name = events.failure_queue.name
    }
  ])
  profile_events_attributes = (
    var.profile_events_attributes != null ? var.profile_events_attributes : local.default_profile_events_attributes
  )

  # The beginning of `source` in every event of a Stripe event destination.
  stripe_source_prefix = "aws.partner/stripe.com"

  # Customers come, renew and leave by themselves in live mode only: in a sandbox silence says nothing.
  default_silence_hours = var.livemode == "test" ? 0 : 24
  wanted_silence_hours  = var.alarm_silence_hours == null ? local.default_silence_hours : var.alarm_silence_hours
  silence_hours         = local.wanted_silence_hours == 0 ? null : local.wanted_silence_hours

  # On a custom bus of its own beside the bridge's, the stack's rule is waiting for an event source yet to be named.
  awaits_event_source = local.has_bridge_bus && var.stripe_event_source_name == null && var.bridge_event_source == null

  # What an app needs to ask the function. An alias is a resource of its own: who may invoke it may not invoke the function
  # past it, nor another version.
  ask_now_statement = {
    Sid      = "AskNow"
    Effect   = "Allow"
    Action   = ["lambda:InvokeFunction"]
    Resource = [module.handler.invoked_arn]
  }
}
