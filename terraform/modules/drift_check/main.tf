# A second function with the handler's zip and another entry point: it compares Stripe with the profiles, a slice at
# a time. The schedule is in schedule.tf, what the function may do in role.tf.

locals {
  # Lambda's longest. A slice ends by itself two minutes before.
  timeout_seconds = 900

  # The handler's settings, and these of its own, read by stripe_subscription_handler.drift.settings.
  environment_variables = merge(var.handler_environment_variables, {
    DRIFT_CHECK_REPAIR              = var.repair ? "true" : "false"
    DRIFT_CHECK_INTERVAL_HOURS      = tostring(var.interval_hours)
    DRIFT_CHECK_SECOND_LOOK_SECONDS = tostring(var.second_look_seconds)
    DRIFT_CHECK_REQUESTS_PER_SECOND = tostring(var.requests_per_second)
  })
}

# Made before the function: a function that runs first makes its own group, without a retention.
resource "aws_cloudwatch_log_group" "drift_check" {
  #checkov:skip=CKV_AWS_158:Optional, kms_key_arn. Without it CloudWatch Logs encrypts with a key of its own; the lines hold ids and counts.
  #checkov:skip=CKV_AWS_338:Kept for log_retention_days, which you choose: the ids of users in these lines should not stay longer than you need them.
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_lambda_function" "drift_check" {
  #checkov:skip=CKV_AWS_116:A slice that failed leaves nothing to send again: the schedule sends the same constant, and the next slice goes on. The alarm drift_check_errors tells.
  #checkov:skip=CKV_AWS_117:It calls public APIs of AWS and Stripe over TLS, and nothing in a VPC; inside one it would need NAT to reach Stripe.
  #checkov:skip=CKV_AWS_272:A signing profile belongs to whoever builds the zip. The zip is reproducible, and a changed hash is a change in the plan.
  function_name = var.name
  description   = "Compares Stripe's subscriptions with the profiles, a slice at a time."
  role          = aws_iam_role.execution.arn
  handler       = "stripe_subscription_handler.drift_check.lambda_handler"
  runtime       = var.runtime
  architectures = [var.architecture]
  memory_size   = var.memory_mb
  timeout       = local.timeout_seconds

  filename          = var.package_path
  source_code_hash  = var.package_path == null ? null : filebase64sha256(var.package_path)
  s3_bucket         = try(var.package_s3.bucket, null)
  s3_key            = try(var.package_s3.key, null)
  s3_object_version = try(var.package_s3.object_version, null)

  # -1 is Lambda's word for "none reserved". Two slices at once would do no harm: the second one finds the pass held.
  reserved_concurrent_executions = coalesce(var.reserved_concurrent_executions, -1)

  kms_key_arn = var.kms_key_arn

  environment {
    variables = local.environment_variables
  }

  # Text, not JSON: the function writes one JSON object a line itself.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.drift_check.name
  }

  tracing_config {
    mode = "PassThrough"
  }
}

# No retries, and nothing waits longer than until the next slice: that one goes on from the same place.
resource "aws_lambda_function_event_invoke_config" "slices" {
  function_name                = aws_lambda_function.drift_check.function_name
  maximum_event_age_in_seconds = 300
  maximum_retry_attempts       = 0
}

# One value for each finished pass, 0 too: how many differences it found tells of drift, that there is a value
# tells that a pass has ended.
resource "aws_cloudwatch_log_metric_filter" "drift_found" {
  name           = "drift-found"
  log_group_name = aws_cloudwatch_log_group.drift_check.name
  pattern        = "{ $.event = \"drift_check\" && $.differences = * }"

  metric_transformation {
    namespace = var.metric_namespace
    name      = "DriftFound"
    value     = "$.differences"
    unit      = "Count"
  }
}
