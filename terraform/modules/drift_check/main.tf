# A second function with the handler's zip and another entry point: it compares Stripe with the profiles, a slice at
# a time. The schedule is in schedule.tf, what the function may do in role.tf.

locals {
  # The handler's settings, and these of its own, read by stripe_subscription_handler.drift_check.settings.
  environment_variables = merge(var.handler_environment_variables, {
    DRIFT_CHECK_REPAIR              = var.repair ? "true" : "false"
    DRIFT_CHECK_INTERVAL_HOURS      = tostring(var.interval_hours)
    DRIFT_CHECK_SECOND_LOOK_SECONDS = tostring(var.second_look_seconds)
    DRIFT_CHECK_REQUESTS_PER_SECOND = tostring(var.requests_per_second)
  })
}

module "function" {
  source = "../function"

  name                  = var.name
  description           = "Compares Stripe's subscriptions with the profiles, a slice at a time."
  entry_point           = "stripe_subscription_handler.drift_check.lambda_handler"
  settings              = var.function_settings
  memory_mb             = var.memory_mb
  timeout_seconds       = 900 # Lambda's longest. A slice ends by itself two minutes before.
  environment_variables = local.environment_variables
  statements            = local.statements

  # Two slices at once would do no harm: the second one finds the pass held.
  reserved_concurrent_executions = var.reserved_concurrent_executions

  # The handler's.
  secret = {
    label              = "Stripe"
    arn                = lookup(var.handler_environment_variables, "STRIPE_SECRET_ARN", null)
    arn_variable       = "STRIPE_SECRET_ARN"
    parameter_name     = lookup(var.handler_environment_variables, "STRIPE_SECRET_PARAMETER", null)
    parameter_variable = "STRIPE_SECRET_PARAMETER"
    kms_key_arn        = var.stripe_secret_kms_key_arn
  }
}

# No retries, and nothing waits longer than until the next slice: that one goes on from the same place.
resource "aws_lambda_function_event_invoke_config" "slices" {
  function_name                = module.function.name
  maximum_event_age_in_seconds = 300
  maximum_retry_attempts       = 0
}

# One value for each finished pass, 0 too: how many differences it found tells of drift, that there is a value
# tells that a pass has ended.
resource "aws_cloudwatch_log_metric_filter" "drift_found" {
  name           = "drift-found"
  log_group_name = module.function.log_group_name
  pattern        = "{ $.event = \"drift_check\" && $.differences = * }"

  metric_transformation {
    namespace = var.metric_namespace
    name      = "DriftFound"
    value     = "$.differences"
    unit      = "Count"
  }
}
