# A Lambda function behind a public URL that checks the signature of Stripe's webhooks and puts their events on a
# bus. Its role is in role.tf, who may call it in url.tf.

# Made before the function: a function that runs first makes its own group, without a retention.
resource "aws_cloudwatch_log_group" "bridge" {
  #checkov:skip=CKV_AWS_158:Optional, kms_key_arn. Without it CloudWatch Logs encrypts with a key of its own; the lines hold ids of events.
  #checkov:skip=CKV_AWS_338:Kept for log_retention_days, which you choose.
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_lambda_function" "bridge" {
  #checkov:skip=CKV_AWS_50:A request is one call of EventBridge, and its log line tells how long it took; a trace would tell no more.
  #checkov:skip=CKV_AWS_115:Optional, reserved_concurrent_executions. To reserve some takes it from the account's other functions, and a new account has none to spare.
  #checkov:skip=CKV_AWS_116:It is invoked synchronously. An event it could not put on the bus is answered with 5xx, and Stripe sends it again.
  #checkov:skip=CKV_AWS_117:It calls public APIs of AWS over TLS, and nothing in a VPC.
  #checkov:skip=CKV_AWS_272:A signing profile belongs to whoever builds the zip. The zip is reproducible, and a changed hash is a change in the plan.
  function_name = var.name
  description   = "Checks Stripe's webhooks and puts their events on ${var.event_bus_name}."
  role          = aws_iam_role.execution.arn
  handler       = "stripe_subscription_handler.webhook_bridge.app.lambda_handler"
  runtime       = var.runtime
  architectures = [var.architecture]
  memory_size   = var.memory_mb

  # Longer than reading the secret (7 s at most) and putting the event on the bus (10 s) with their retries.
  timeout = 20

  filename          = var.package_path
  source_code_hash  = var.package_path == null ? null : filebase64sha256(var.package_path)
  s3_bucket         = try(var.package_s3.bucket, null)
  s3_key            = try(var.package_s3.key, null)
  s3_object_version = try(var.package_s3.object_version, null)

  # -1 is Lambda's word for "none reserved".
  reserved_concurrent_executions = coalesce(var.reserved_concurrent_executions, -1)

  # Names only, nothing secret.
  kms_key_arn = var.kms_key_arn

  environment {
    variables = merge(
      {
        EVENT_BUS_NAME = var.event_bus_name
        EVENT_SOURCE   = var.event_source
        LOG_LEVEL      = var.log_level
      },
      var.signing_secret_arn == null ? {} : { WEBHOOK_SECRET_ARN = var.signing_secret_arn },
      var.signing_secret_parameter_name == null ? {} : { WEBHOOK_SECRET_PARAMETER = var.signing_secret_parameter_name },
    )
  }

  # Text, not JSON: the function writes one JSON object a line itself.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.bridge.name
  }

  depends_on = [aws_iam_role_policy.execution]
}
