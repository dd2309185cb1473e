# The function, and what happens to an event it cannot process. What it may do with the tables is in role.tf.

locals {
  # The function's public contract, read by stripe_subscription_handler.config.
  environment_variables = merge(
    {
      DYNAMODB_TABLE_NAME    = var.profile_table_name
      SYNC_TABLE_NAME        = var.sync_table_name
      USER_ID_METADATA_KEY   = var.user_id_metadata_key
      USER_ID_PATTERN        = var.user_id_pattern
      PARTITION_KEY_NAME     = var.partition_key_name
      SORT_KEY_NAME          = var.sort_key_name == null ? "" : var.sort_key_name
      PARTITION_KEY_TEMPLATE = var.partition_key_template
      SORT_KEY_TEMPLATE      = var.sort_key_template
      LIVEMODE               = var.livemode
      LOG_LEVEL              = var.log_level
      DYNAMODB_CLIENT        = var.dynamodb_client
      UNMAPPED               = var.unmapped
      CREATE_MISSING_PROFILE = var.create_missing_profile ? "true" : "false"
      CONNECT_EVENTS         = var.connect_events
      DELIVERY_QUEUE_URL     = var.delivery_queue_url
      FAILURE_QUEUE_URL      = var.failure_queue_url

      FORGET_DELETED_CUSTOMERS = var.forget_deleted_customers ? "true" : "false"

      ACCESS_RENEWAL_GRACE_HOURS     = tostring(var.shows.access_renewal_grace_hours)
      ACCESS_WHILE_COLLECTION_PAUSED = var.shows.access_while_collection_paused ? "true" : "false"
      PLAN_PRODUCT_IDS               = jsonencode(var.shows.plan_product_ids)
      HANDLED_PRODUCT_IDS            = jsonencode(var.shows.handled_product_ids)
      REQUIRED_METADATA              = jsonencode(var.shows.required_metadata)
      PROFILE_ATTRIBUTES             = jsonencode(var.shows.profile_attributes)
    },
    var.shows.access_past_due_days == null ? {} : {
      ACCESS_PAST_DUE_DAYS = tostring(var.shows.access_past_due_days)
    },
    var.stripe_api_url == null ? {} : { STRIPE_API_URL = var.stripe_api_url },
  )

  # What is invoked: SnapStart works for published versions only, so there an alias leads to the newest one.
  alias_name  = var.snap_start_enabled ? "live" : null
  invoked_arn = var.snap_start_enabled ? aws_lambda_alias.live[0].arn : module.function.arn
}

module "function" {
  source = "../function"

  name                           = var.name
  description                    = "Keeps subscription profiles in DynamoDB equal to Stripe."
  entry_point                    = "stripe_subscription_handler.app.lambda_handler"
  settings                       = var.function_settings
  memory_mb                      = var.memory_mb
  timeout_seconds                = var.timeout_seconds
  reserved_concurrent_executions = var.reserved_concurrent_executions
  xray_tracing_enabled           = var.xray_tracing_enabled
  snap_start_enabled             = var.snap_start_enabled
  environment_variables          = local.environment_variables
  statements                     = local.statements

  secret = {
    label              = "Stripe"
    arn                = var.stripe_secret_arn
    arn_variable       = "STRIPE_SECRET_ARN"
    parameter_name     = var.stripe_secret_parameter_name
    parameter_variable = "STRIPE_SECRET_PARAMETER"
    kms_key_arn        = var.stripe_secret_kms_key_arn
  }
}

resource "aws_lambda_alias" "live" {
  count = var.snap_start_enabled ? 1 : 0

  name             = local.alias_name
  description      = "The version that Stripe's events go to."
  function_name    = module.function.name
  function_version = module.function.version
}

# EventBridge invokes asynchronously: Lambda keeps the event, retries it, and gives up into the failure queue.
# Lambda refuses a destination the role may not write to: the function waits for its role's policy.
resource "aws_lambda_function_event_invoke_config" "retries" {
  function_name                = module.function.name
  maximum_event_age_in_seconds = var.async_maximum_event_age_seconds
  maximum_retry_attempts       = var.async_maximum_retry_attempts

  destination_config {
    on_failure {
      destination = var.failure_queue_arn
    }
  }
}

# Attempts and destination belong to what is invoked, and the alias inherits none. Those of the function itself
# stay: they are what an event has that the function took before the alias was there.
resource "aws_lambda_function_event_invoke_config" "retries_of_alias" {
  count = var.snap_start_enabled ? 1 : 0

  function_name                = module.function.name
  qualifier                    = aws_lambda_alias.live[0].name
  maximum_event_age_in_seconds = var.async_maximum_event_age_seconds
  maximum_retry_attempts       = var.async_maximum_retry_attempts

  destination_config {
    on_failure {
      destination = var.failure_queue_arn
    }
  }
}
