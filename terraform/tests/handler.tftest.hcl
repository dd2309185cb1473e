# The function: its settings, its package, its environment. What its role may do is in least_privilege.tftest.hcl.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

override_module {
  target = module.workspace
  outputs = {
    environment = "development"
    refusal     = null
  }
}

variables {
  prefix              = "bayon"
  profile_table_name  = "BayonCoAgent-development"
  lambda_package_path = "./versions.tf" # Any file will do: no provider reads it.
}

run "environment_variables_are_the_handlers_contract" {
  command = plan

  assert {
    condition = module.handler.environment_variables == tomap({
      DYNAMODB_TABLE_NAME    = "BayonCoAgent-development"
      SYNC_TABLE_NAME        = "bayon-stripe-sync-development"
      USER_ID_METADATA_KEY   = "userId"
      PARTITION_KEY_NAME     = "PK"
      SORT_KEY_NAME          = "SK"
      PARTITION_KEY_TEMPLATE = "USER#{userId}"
      SORT_KEY_TEMPLATE      = "PROFILE"
      LIVEMODE               = "any"
      LOG_LEVEL              = "INFO"
      UNMAPPED               = "park"
      CREATE_MISSING_PROFILE = "true"
      CONNECT_EVENTS         = "skip"
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
    partition_key_name     = "id"
    sort_key_name          = null
    partition_key_template = "{userId}"
    sort_key_template      = "SUBSCRIPTION"
    livemode               = "live"
    log_level              = "ERROR"
    unmapped               = "dead-letter"
    create_missing_profile = false
    connect_events         = "handle"
    stripe_secret_arn      = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
    stripe_api_url         = "http://127.0.0.1:12111"
  }

  assert {
    condition = module.handler.environment_variables == tomap({
      DYNAMODB_TABLE_NAME    = "BayonCoAgent-development"
      SYNC_TABLE_NAME        = "bayon-stripe-sync-development"
      USER_ID_METADATA_KEY   = "accountId"
      PARTITION_KEY_NAME     = "id"
      SORT_KEY_NAME          = ""
      PARTITION_KEY_TEMPLATE = "{userId}"
      SORT_KEY_TEMPLATE      = "SUBSCRIPTION"
      LIVEMODE               = "live"
      LOG_LEVEL              = "ERROR"
      UNMAPPED               = "dead-letter"
      CREATE_MISSING_PROFILE = "false"
      CONNECT_EVENTS         = "handle"
      STRIPE_SECRET_ARN      = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
      STRIPE_API_URL         = "http://127.0.0.1:12111"
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
    xray_tracing_enabled                  = false
  }

  assert {
    condition = (
      module.handler.settings.runtime == "python3.12"
      && module.handler.settings.architectures == tolist(["x86_64"])
      && module.handler.settings.memory_mb == 1024
      && module.handler.settings.timeout_seconds == 45
      && module.handler.settings.reserved_concurrent_executions == 10
      && module.handler.settings.log_retention_days == 365
      && module.handler.settings.tracing_mode == "PassThrough"
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
      && module.handler.settings.tracing_mode == "Active"
    )
    error_message = "The function's defaults must be the documented ones."
  }
}

# Inside the module, where the function itself can be seen.

run "function_from_a_local_zip" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    name                            = "handler"
    package_path                    = "./versions.tf"
    runtime                         = "python3.13"
    architecture                    = "arm64"
    memory_mb                       = 512
    timeout_seconds                 = 30
    async_maximum_event_age_seconds = 21600
    async_maximum_retry_attempts    = 2
    failure_queue_arn               = "arn:aws:sqs:eu-west-1:111122223333:failure-queue"
    log_retention_days              = 14
    log_level                       = "INFO"
    xray_tracing_enabled            = true
    profile_table_name              = "profiles"
    profile_table_arn               = "arn:aws:dynamodb:eu-west-1:111122223333:table/profiles"
    sync_table_name                 = "sync"
    sync_table_arn                  = "arn:aws:dynamodb:eu-west-1:111122223333:table/sync"
    parked_index_arn                = "arn:aws:dynamodb:eu-west-1:111122223333:table/sync/index/parked-by-expiry"
    partition_key_name              = "PK"
    sort_key_name                   = "SK"
    partition_key_template          = "USER#{userId}"
    sort_key_template               = "PROFILE"
    user_id_metadata_key            = "userId"
    livemode                        = "any"
    unmapped                        = "park"
    create_missing_profile          = true
    connect_events                  = "skip"
  }

  override_resource {
    target          = aws_iam_role.execution
    override_during = plan
    values          = { arn = "arn:aws:iam::111122223333:role/handler" }
  }

  override_resource {
    target          = aws_cloudwatch_log_group.handler
    override_during = plan
    values          = { arn = "arn:aws:logs:eu-west-1:111122223333:log-group:handler" }
  }

  assert {
    condition = (
      aws_lambda_function.handler.filename == "./versions.tf"
      && aws_lambda_function.handler.source_code_hash == filebase64sha256("./versions.tf")
      && aws_lambda_function.handler.s3_bucket == null
      && aws_lambda_function.handler.s3_key == null
    )
    error_message = "A local zip must be deployed with its hash, so that a changed zip is a changed function."
  }

  assert {
    condition = (
      aws_lambda_function.handler.handler == "stripe_subscription_handler.app.lambda_handler"
      && aws_lambda_function.handler.runtime == "python3.13"
      && aws_lambda_function.handler.architectures == tolist(["arm64"])
      && aws_lambda_function.handler.memory_size == 512
      && aws_lambda_function.handler.timeout == 30
      && aws_lambda_function.handler.role == "arn:aws:iam::111122223333:role/handler"
    )
    error_message = "The function must run the handler with the given settings and its own role."
  }

  assert {
    condition     = aws_lambda_function.handler.reserved_concurrent_executions == -1
    error_message = "Null must reserve no concurrency."
  }

  assert {
    condition = (
      aws_cloudwatch_log_group.handler.name == "/aws/lambda/handler"
      && aws_cloudwatch_log_group.handler.retention_in_days == 14
      && aws_lambda_function.handler.logging_config[0].log_group == "/aws/lambda/handler"
      && aws_lambda_function.handler.logging_config[0].log_format == "Text"
    )
    error_message = "The function must log into its own group, which has a retention, and leave its JSON lines alone."
  }

  assert {
    condition     = aws_lambda_function.handler.tracing_config[0].mode == "Active"
    error_message = "X-Ray must be on."
  }

  assert {
    condition     = aws_iam_role_policy.execution.role == aws_iam_role.execution.name
    error_message = "The policy must belong to the function's role."
  }
}

run "the_module_refuses_words_the_handler_does_not_know" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    name                            = "handler"
    package_path                    = "./versions.tf"
    runtime                         = "python3.13"
    architecture                    = "arm64"
    memory_mb                       = 512
    timeout_seconds                 = 30
    async_maximum_event_age_seconds = 21600
    async_maximum_retry_attempts    = 2
    failure_queue_arn               = "arn:aws:sqs:eu-west-1:111122223333:failure-queue"
    log_retention_days              = 14
    log_level                       = "INFO"
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
    livemode                        = "any"
    unmapped                        = "drop"
    create_missing_profile          = true
    connect_events                  = "true"
    stripe_api_url                  = "http://169.254.169.254"
  }

  expect_failures = [
    var.unmapped,
    var.connect_events,
    var.stripe_api_url,
  ]
}

run "function_from_s3" {
  command = plan

  module {
    source = "./modules/handler"
  }

  variables {
    name                            = "handler"
    package_path                    = null
    package_s3                      = { bucket = "artifacts", key = "handler.zip", object_version = "v7" }
    reserved_concurrent_executions  = 0
    runtime                         = "python3.13"
    architecture                    = "x86_64"
    memory_mb                       = 512
    timeout_seconds                 = 30
    async_maximum_event_age_seconds = 21600
    async_maximum_retry_attempts    = 2
    failure_queue_arn               = "arn:aws:sqs:eu-west-1:111122223333:failure-queue"
    log_retention_days              = 14
    log_level                       = "INFO"
    xray_tracing_enabled            = false
    profile_table_name              = "profiles"
    profile_table_arn               = "arn:aws:dynamodb:eu-west-1:111122223333:table/profiles"
    sync_table_name                 = "sync"
    sync_table_arn                  = "arn:aws:dynamodb:eu-west-1:111122223333:table/sync"
    parked_index_arn                = "arn:aws:dynamodb:eu-west-1:111122223333:table/sync/index/parked-by-expiry"
    partition_key_name              = "PK"
    partition_key_template          = "USER#{userId}"
    sort_key_template               = "PROFILE"
    user_id_metadata_key            = "userId"
    livemode                        = "any"
    unmapped                        = "park"
    create_missing_profile          = true
    connect_events                  = "skip"
  }

  override_resource {
    target          = aws_iam_role.execution
    override_during = plan
    values          = { arn = "arn:aws:iam::111122223333:role/handler" }
  }

  override_resource {
    target          = aws_cloudwatch_log_group.handler
    override_during = plan
    values          = { arn = "arn:aws:logs:eu-west-1:111122223333:log-group:handler" }
  }

  assert {
    condition = (
      aws_lambda_function.handler.s3_bucket == "artifacts"
      && aws_lambda_function.handler.s3_key == "handler.zip"
      && aws_lambda_function.handler.s3_object_version == "v7"
      && aws_lambda_function.handler.filename == null
    )
    error_message = "The zip must come from S3."
  }

  assert {
    condition     = aws_lambda_function.handler.reserved_concurrent_executions == 0
    error_message = "0 must stop the function, not mean none reserved."
  }

  assert {
    condition = (
      aws_lambda_function.handler.tracing_config[0].mode == "PassThrough"
      && aws_lambda_function.handler.architectures == tolist(["x86_64"])
    )
    error_message = "Tracing and architecture must follow their variables."
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
      module.handler.package.path == null
      && module.handler.package.s3_bucket == "artifacts"
      && module.handler.package.s3_key == "handler.zip"
    )
    error_message = "lambda_package_s3 must reach the function."
  }
}
