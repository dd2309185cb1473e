# The function, its log group, and what happens to an event it cannot process. The role is in role.tf.

locals {
  # The function's public contract, read by stripe_subscription_handler.config.
  environment_variables = merge(
    {
      DYNAMODB_TABLE_NAME    = var.profile_table_name
      SYNC_TABLE_NAME        = var.sync_table_name
      USER_ID_METADATA_KEY   = var.user_id_metadata_key
      PARTITION_KEY_NAME     = var.partition_key_name
      SORT_KEY_NAME          = var.sort_key_name == null ? "" : var.sort_key_name
      PARTITION_KEY_TEMPLATE = var.partition_key_template
      SORT_KEY_TEMPLATE      = var.sort_key_template
      LIVEMODE               = var.livemode
      LOG_LEVEL              = var.log_level
      UNMAPPED               = var.unmapped
      CREATE_MISSING_PROFILE = var.create_missing_profile ? "true" : "false"
      CONNECT_EVENTS         = var.connect_events
    },
    var.stripe_secret_arn == null ? {} : { STRIPE_SECRET_ARN = var.stripe_secret_arn },
    var.stripe_secret_parameter_name == null ? {} : { STRIPE_SECRET_PARAMETER = var.stripe_secret_parameter_name },
    var.stripe_api_url == null ? {} : { STRIPE_API_URL = var.stripe_api_url },
  )

  # What is invoked: SnapStart works for published versions only, so there an alias leads to the newest one.
  alias_name  = var.snap_start_enabled ? "live" : null
  invoked_arn = var.snap_start_enabled ? aws_lambda_alias.live[0].arn : aws_lambda_function.handler.arn
}

# Made before the function: a function that runs first makes its own group, without a retention.
resource "aws_cloudwatch_log_group" "handler" {
  #checkov:skip=CKV_AWS_158:Optional, kms_key_arn. Without it CloudWatch Logs encrypts with a key of its own; the lines hold ids and decisions.
  #checkov:skip=CKV_AWS_338:Kept for log_retention_days, which you choose: the ids of users in these lines should not stay longer than you need them.
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_lambda_function" "handler" {
  #checkov:skip=CKV_AWS_116:The on-failure destination below does this, and keeps the error with the event, which dead_letter_config does not.
  #checkov:skip=CKV_AWS_117:It calls public APIs of AWS and Stripe over TLS, and nothing in a VPC; inside one it would need NAT to reach Stripe.
  #checkov:skip=CKV_AWS_272:A signing profile belongs to whoever builds the zip. The zip is reproducible, and a changed hash is a change in the plan.
  function_name = var.name
  description   = "Keeps subscription profiles in DynamoDB equal to Stripe."
  role          = aws_iam_role.execution.arn
  handler       = "stripe_subscription_handler.app.lambda_handler"
  runtime       = var.runtime
  architectures = [var.architecture]
  memory_size   = var.memory_mb
  timeout       = var.timeout_seconds

  filename          = var.package_path
  source_code_hash  = var.package_path == null ? null : filebase64sha256(var.package_path)
  s3_bucket         = try(var.package_s3.bucket, null)
  s3_key            = try(var.package_s3.key, null)
  s3_object_version = try(var.package_s3.object_version, null)

  # -1 is Lambda's word for "none reserved".
  reserved_concurrent_executions = coalesce(var.reserved_concurrent_executions, -1)

  # Names of tables and of the secret, nothing secret. With a key of your own, Lambda decrypts them by a grant
  # that whoever applies this gives it: the role needs nothing for it.
  kms_key_arn = var.kms_key_arn

  environment {
    variables = local.environment_variables
  }

  # Text, not JSON: the handler writes one JSON object a line itself. JSON here would filter these lines a
  # second time, by Lambda's own level instead of LOG_LEVEL.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.handler.name
  }

  tracing_config {
    mode = var.xray_tracing_enabled ? "Active" : "PassThrough"
  }

  # A version for each change of code or settings; Lambda takes the snapshot as it publishes one.
  publish = var.snap_start_enabled

  dynamic "snap_start" {
    for_each = var.snap_start_enabled ? [true] : []

    content {
      apply_on = "PublishedVersions"
    }
  }
}

resource "aws_lambda_alias" "live" {
  count = var.snap_start_enabled ? 1 : 0

  name             = local.alias_name
  description      = "The version that Stripe's events go to."
  function_name    = aws_lambda_function.handler.function_name
  function_version = aws_lambda_function.handler.version
}

# EventBridge invokes asynchronously: Lambda keeps the event, retries it, and gives up into the failure queue.
resource "aws_lambda_function_event_invoke_config" "retries" {
  function_name                = aws_lambda_function.handler.function_name
  maximum_event_age_in_seconds = var.async_maximum_event_age_seconds
  maximum_retry_attempts       = var.async_maximum_retry_attempts

  destination_config {
    on_failure {
      destination = var.failure_queue_arn
    }
  }

  # Lambda refuses a destination the role may not write to.
  depends_on = [aws_iam_role_policy.execution]
}

# Attempts and destination belong to what is invoked, and the alias inherits none. Those of the function itself
# stay: they are what an event has that the function took before the alias was there.
resource "aws_lambda_function_event_invoke_config" "retries_of_alias" {
  count = var.snap_start_enabled ? 1 : 0

  function_name                = aws_lambda_function.handler.function_name
  qualifier                    = aws_lambda_alias.live[0].name
  maximum_event_age_in_seconds = var.async_maximum_event_age_seconds
  maximum_retry_attempts       = var.async_maximum_retry_attempts

  destination_config {
    on_failure {
      destination = var.failure_queue_arn
    }
  }

  depends_on = [aws_iam_role_policy.execution]
}
