# The function: its settings, its package, its environment. What its role may do is in least_privilege.tftest.hcl.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "environment_variables_are_the_handlers_contract" {
  command = plan

  assert {
    condition = module.handler.environment_variables == tomap({
      DYNAMODB_TABLE_NAME    = "BayonCoAgent-development"
      SYNC_TABLE_NAME        = "bayon-stripe-sync-development"
      USER_ID_METADATA_KEY   = "userId"
      USER_ID_PATTERN        = "[^\\s,]+"
      PARTITION_KEY_NAME     = "PK"
      SORT_KEY_NAME          = "SK"
      PARTITION_KEY_TEMPLATE = "USER#{userId}"
      SORT_KEY_TEMPLATE      = "PROFILE"
      LIVEMODE               = "any"
      LOG_LEVEL              = "INFO"
      DYNAMODB_CLIENT        = "auto"
      UNMAPPED               = "park"
      CREATE_MISSING_PROFILE = "true"
      CONNECT_EVENTS         = "skip"
      DELIVERY_QUEUE_URL     = "https://sqs.eu-west-1.amazonaws.com/111122223333/delivery-queue"
      FAILURE_QUEUE_URL      = "https://sqs.eu-west-1.amazonaws.com/111122223333/failure-queue"

      FORGET_DELETED_CUSTOMERS = "false"

      ACCESS_RENEWAL_GRACE_HOURS     = "72"
      ACCESS_WHILE_COLLECTION_PAUSED = "true"
      PLAN_PRODUCT_IDS               = "[]"
      HANDLED_PRODUCT_IDS            = "[]"
      REQUIRED_METADATA              = "{}"
      PROFILE_ATTRIBUTES             = "{}"
    })
    error_message = "The function's environment must hold exactly the variables of config.py."
  }

  assert {
    condition     = output.log_group_name == "/aws/lambda/bayon-stripe-subscription-handler-development"
    error_message = "The log group must be the function's."
  }
}

run "every_setting_reaches_the_environment" {
  command = plan

  variables {
    user_id_metadata_key   = "accountId"
    user_id_pattern        = "acc_[0-9]+"
    partition_key_name     = "id"
    sort_key_name          = null
    partition_key_template = "{userId}"
    sort_key_template      = "SUBSCRIPTION"
    livemode               = "live"
    log_level              = "ERROR"
    dynamodb_client        = "botocore"
    unmapped               = "dead-letter"
    create_missing_profile = false
    connect_events         = "handle"

    forget_deleted_customers = true

    access_past_due_days = 0
    stripe_secret_arn    = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
    stripe_api_url       = "http://127.0.0.1:12111"
  }

  assert {
    condition = module.handler.environment_variables == tomap({
      DYNAMODB_TABLE_NAME    = "BayonCoAgent-development"
      SYNC_TABLE_NAME        = "bayon-stripe-sync-development"
      USER_ID_METADATA_KEY   = "accountId"
      USER_ID_PATTERN        = "acc_[0-9]+"
      PARTITION_KEY_NAME     = "id"
      SORT_KEY_NAME          = ""
      PARTITION_KEY_TEMPLATE = "{userId}"
      SORT_KEY_TEMPLATE      = "SUBSCRIPTION"
      LIVEMODE               = "live"
      LOG_LEVEL              = "ERROR"
      DYNAMODB_CLIENT        = "botocore"
      UNMAPPED               = "dead-letter"
      CREATE_MISSING_PROFILE = "false"
      CONNECT_EVENTS         = "handle"
      DELIVERY_QUEUE_URL     = "https://sqs.eu-west-1.amazonaws.com/111122223333/delivery-queue"
      FAILURE_QUEUE_URL      = "https://sqs.eu-west-1.amazonaws.com/111122223333/failure-queue"

      FORGET_DELETED_CUSTOMERS = "true"

      STRIPE_SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
      STRIPE_API_URL    = "http://127.0.0.1:12111"

      ACCESS_RENEWAL_GRACE_HOURS     = "72"
      ACCESS_PAST_DUE_DAYS           = "0"
      ACCESS_WHILE_COLLECTION_PAUSED = "true"
      PLAN_PRODUCT_IDS               = "[]"
      HANDLED_PRODUCT_IDS            = "[]"
      REQUIRED_METADATA              = "{}"
      PROFILE_ATTRIBUTES             = "{}"
    })
    error_message = "Each setting must reach its own environment variable."
  }
}

run "a_parameter_instead_of_a_secret" {
  command = plan

  variables {
    stripe_secret_parameter_name = "/bayon/stripe-key"
  }

  assert {
    condition = (
      module.handler.environment_variables["STRIPE_SECRET_PARAMETER"] == "/bayon/stripe-key"
      && !contains(keys(module.handler.environment_variables), "STRIPE_SECRET_ARN")
    )
    error_message = "The function must be told the parameter's name, and no secret."
  }
}

run "every_setting_reaches_the_function" {
  command = plan

  variables {
    lambda_runtime                        = "python3.12"
    lambda_architecture                   = "x86_64"
    lambda_memory_mb                      = 1024
    lambda_timeout_seconds                = 45
    lambda_reserved_concurrent_executions = 10
    log_retention_days                    = 365
    archive_retention_days                = 90
    xray_tracing_enabled                  = true
  }

  assert {
    condition = (
      module.handler.settings.runtime == "python3.12"
      && module.handler.settings.architectures == tolist(["x86_64"])
      && module.handler.settings.memory_mb == 1024
      && module.handler.settings.timeout_seconds == 45
      && module.handler.settings.reserved_concurrent_executions == 10
      && module.handler.settings.log_retention_days == 365
      && module.handler.settings.tracing_mode == "Active"
    )
    error_message = "Each setting must reach the function or its log group."
  }
}

run "defaults_of_the_function" {
  command = plan

  assert {
    condition = (
      module.handler.settings.runtime == "python3.13"
      && module.handler.settings.architectures == tolist(["arm64"])
      && module.handler.settings.memory_mb == 512
      && module.handler.settings.timeout_seconds == 30
      && module.handler.settings.reserved_concurrent_executions == -1
      && module.handler.settings.log_retention_days == 30
      && module.handler.settings.tracing_mode == "PassThrough"
    )
    error_message = "The function's defaults must be the documented ones."
  }
}

run "package_s3_reaches_the_function" {
  command = plan

  variables {
    lambda_package_path = null
    lambda_package_s3   = { bucket = "artifacts", key = "handler.zip" }
  }

  assert {
    condition = (
      module.handler.settings.package_path == null
      && module.handler.settings.package_s3_bucket == "artifacts"
      && module.handler.settings.package_s3_key == "handler.zip"
    )
    error_message = "lambda_package_s3 must reach the function."
  }
}

run "the_module_refuses_words_the_handler_does_not_know" {
  command = plan

  module {
    source = "../handler"
  }

  variables {
    name                            = "handler"
    function_settings               = { package_path = "./versions.tf", runtime = "python3.13", architecture = "arm64", log_retention_days = 14 }
    memory_mb                       = 512
    timeout_seconds                 = 30
    async_maximum_event_age_seconds = 21600
    async_maximum_retry_attempts    = 2
    failure_queue_arn               = "arn:aws:sqs:eu-west-1:111122223333:failure-queue"
    failure_queue_url               = "https://sqs.eu-west-1.amazonaws.com/111122223333/failure-queue"
    delivery_queue_arn              = "arn:aws:sqs:eu-west-1:111122223333:delivery-queue"
    delivery_queue_url              = "https://sqs.eu-west-1.amazonaws.com/111122223333/delivery-queue"
    log_level                       = "INFO"
    dynamodb_client                 = "auto"
    xray_tracing_enabled            = true
    profile_table_name              = "profiles"
    profile_table_arn               = "arn:aws:dynamodb:eu-west-1:111122223333:table/profiles"
    sync_table_name                 = "sync"
    sync_table_arn                  = "arn:aws:dynamodb:eu-west-1:111122223333:table/sync"
    parked_index_arn                = "arn:aws:dynamodb:eu-west-1:111122223333:table/sync/index/parked-by-expiry"
    partition_key_name              = "PK"
    partition_key_template          = "USER#{userId}"
    sort_key_template               = "PROFILE"
    user_id_metadata_key            = "userId"
    user_id_pattern                 = "[^\\s,]+"
    livemode                        = "any"
    unmapped                        = "drop"
    create_missing_profile          = true
    connect_events                  = "true"
    forget_deleted_customers        = false
    stripe_api_url                  = "http://169.254.169.254"

    shows = {
      access_renewal_grace_hours     = 72
      access_while_collection_paused = true
      plan_product_ids               = []
      handled_product_ids            = []
      required_metadata              = {}
      profile_attributes             = {}
    }
  }

  expect_failures = [
    var.unmapped,
    var.connect_events,
    var.stripe_api_url,
  ]
}
