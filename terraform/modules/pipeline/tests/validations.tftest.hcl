# Every variable refuses what can't work, before anything is asked of AWS. Each run gives several variables
# bad values at once; every one of them has to be refused. (A variable whose rule looks at another variable is
# not judged while that one is bad itself, so these two are in different runs.)

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "too_small" {
  command = plan

  variables {
    prefix                                  = "a"
    archive_retention_days                  = -1
    target_maximum_event_age_seconds        = 59
    target_maximum_retry_attempts           = -1
    lambda_package_path                     = "./no-such.zip"
    lambda_memory_mb                        = 127
    lambda_timeout_seconds                  = 4
    lambda_reserved_concurrent_executions   = -1
    async_maximum_event_age_seconds         = 59
    async_maximum_retry_attempts            = -1
    log_retention_days                      = -1
    profile_table_name                      = "ab"
    partition_key_name                      = ""
    partition_key_template                  = "USER"
    sort_key_template                       = ""
    user_id_metadata_key                    = ""
    user_id_pattern                         = ""
    access_renewal_grace_hours              = -1
    access_past_due_days                    = -1
    plan_product_ids                        = ["prod_1", ""]
    handled_product_ids                     = [""]
    required_metadata                       = { "" = "x" }
    stripe_secret_parameter_name            = ""
    dead_letter_queue_retention_seconds     = 59
    dead_letter_queue_maximum_message_bytes = 262143
    alarm_thresholds                        = { function_errors = -1 }
    alarm_silence_hours                     = -1
  }

  expect_failures = [
    var.prefix,
    var.archive_retention_days,
    var.target_maximum_event_age_seconds,
    var.target_maximum_retry_attempts,
    var.lambda_package_path,
    var.lambda_memory_mb,
    var.lambda_timeout_seconds,
    var.lambda_reserved_concurrent_executions,
    var.async_maximum_event_age_seconds,
    var.async_maximum_retry_attempts,
    var.log_retention_days,
    var.profile_table_name,
    var.partition_key_name,
    var.partition_key_template,
    var.sort_key_template,
    var.user_id_metadata_key,
    var.user_id_pattern,
    var.access_renewal_grace_hours,
    var.access_past_due_days,
    var.plan_product_ids,
    var.handled_product_ids,
    var.required_metadata,
    var.stripe_secret_parameter_name,
    var.dead_letter_queue_retention_seconds,
    var.dead_letter_queue_maximum_message_bytes,
    var.alarm_thresholds,
    var.alarm_silence_hours,
  ]
}

run "too_big" {
  command = plan

  variables {
    prefix                                  = "a-prefix-of-21-letters"
    archive_retention_days                  = 1.5
    bridge_event_source                     = "a source with spaces"
    event_types                             = ["invoice.paid", "invoice.paid"]
    target_maximum_event_age_seconds        = 86401
    target_maximum_retry_attempts           = 186
    lambda_memory_mb                        = 10241
    lambda_timeout_seconds                  = 111
    lambda_reserved_concurrent_executions   = 1.5
    async_maximum_event_age_seconds         = 21601
    async_maximum_retry_attempts            = 3
    log_retention_days                      = 31
    profile_table_name                      = "a table"
    sort_key_name                           = ""
    partition_key_template                  = "{userId}#{userId}"
    user_id_metadata_key                    = "a-metadata-key-with-forty-one-characters-x"
    access_renewal_grace_hours              = 8761
    access_past_due_days                    = 366
    plan_product_ids                        = formatlist("prod_%d", range(51))
    handled_product_ids                     = formatlist("prod_%d", range(51))
    required_metadata                       = { for number in range(51) : "key${number}" => "x" }
    dead_letter_queue_retention_seconds     = 1209601
    dead_letter_queue_maximum_message_bytes = 1048577
    alarm_thresholds                        = { function_duration_fraction_of_timeout = 1 }
    alarm_silence_hours                     = 169
    livemode                                = "true"
  }

  expect_failures = [
    var.prefix,
    var.archive_retention_days,
    var.bridge_event_source,
    var.event_types,
    var.target_maximum_event_age_seconds,
    var.target_maximum_retry_attempts,
    var.lambda_memory_mb,
    var.lambda_timeout_seconds,
    var.lambda_reserved_concurrent_executions,
    var.async_maximum_event_age_seconds,
    var.async_maximum_retry_attempts,
    var.log_retention_days,
    var.profile_table_name,
    var.sort_key_name,
    var.partition_key_template,
    var.user_id_metadata_key,
    var.access_renewal_grace_hours,
    var.access_past_due_days,
    var.plan_product_ids,
    var.handled_product_ids,
    var.required_metadata,
    var.dead_letter_queue_retention_seconds,
    var.dead_letter_queue_maximum_message_bytes,
    var.alarm_thresholds,
    var.alarm_silence_hours,
    var.livemode,
  ]
}

run "forgetting_needs_the_event_that_tells_of_it" {
  command = plan

  variables {
    forget_deleted_customers = true
    event_types              = ["customer.subscription.updated"]
  }

  expect_failures = [var.forget_deleted_customers]
}

run "not_one_of_the_known_words" {
  command = plan

  variables {
    prefix                       = "Bayon"
    stripe_event_source_name     = "ed_test_123"
    bridge_event_source          = "aws.partner/stripe.com/bridge"
    lambda_runtime               = "python3.11"
    lambda_architecture          = "arm"
    lambda_package_s3            = { bucket = "Not_A_Bucket", key = "handler.zip" }
    lambda_package_path          = null
    log_level                    = "info"
    dynamodb_client              = "boto3"
    user_id_metadata_key         = "user[id]"
    user_id_pattern              = "user_("
    unmapped                     = "dead_letter"
    connect_events               = "true"
    stripe_secret_arn            = "sk_live_123"
    stripe_secret_parameter_name = null
    stripe_api_url               = "http://127.0.0.1:12111@example.com"
    alarm_email_addresses        = ["ops@example.com", "nobody"]
    alarm_thresholds             = { function_async_event_age_seconds = 239 }
    alarm_silence_hours          = 1.5
  }

  expect_failures = [
    var.prefix,
    var.stripe_event_source_name,
    var.bridge_event_source,
    var.lambda_runtime,
    var.lambda_architecture,
    var.lambda_package_s3,
    var.log_level,
    var.dynamodb_client,
    var.user_id_metadata_key,
    var.user_id_pattern,
    var.unmapped,
    var.connect_events,
    var.stripe_secret_arn,
    var.stripe_api_url,
    var.alarm_email_addresses,
    var.alarm_thresholds,
    var.alarm_silence_hours,
  ]
}

run "settings_that_exclude_each_other" {
  command = plan

  variables {
    create_forwarding_bus        = true
    lambda_package_s3            = { bucket = "artifacts", key = "handler.zip" }
    partition_key_name           = "SK"
    sort_key_name                = "SK"
    stripe_secret_arn            = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
    stripe_secret_parameter_name = "/bayon/stripe-key"
  }

  expect_failures = [
    var.create_forwarding_bus,
    var.lambda_package_path,
    var.sort_key_name,
    var.stripe_secret_parameter_name,
  ]
}

run "live_events_of_a_sandbox" {
  command = plan

  variables {
    livemode                 = "live"
    stripe_event_source_name = "aws.partner/stripe.com/ed_test_123"
  }

  override_data {
    target = module.event_bus.data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_test_123", state = "ACTIVE" }
  }

  expect_failures = [var.livemode]
}

run "test_events_of_a_live_account" {
  command = plan

  variables {
    livemode                 = "test"
    stripe_event_source_name = "aws.partner/stripe.com/ed_123"
  }

  override_data {
    target = module.event_bus.data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_123", state = "ACTIVE" }
  }

  expect_failures = [var.livemode]
}

run "no_package_and_a_key_instead_of_its_place" {
  command = plan

  variables {
    lambda_package_path          = null
    stripe_secret_parameter_name = "rk_test_123"
  }

  expect_failures = [
    var.lambda_package_path,
    var.stripe_secret_parameter_name,
  ]
}

# Apart from the runs above: a key's place that is refused keeps event_types from being looked at.

run "no_event_types" {
  command = plan

  variables {
    event_types = []
  }

  expect_failures = [var.event_types]
}

run "an_unknown_event_type" {
  command = plan

  variables {
    event_types       = ["v1.v1.customer.subscription.updated"]
    stripe_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
  }

  expect_failures = [var.event_types]
}

run "a_thin_event_that_names_no_customer" {
  command = plan

  variables {
    event_types       = ["v1.entitlements.active_entitlement_summary.updated"]
    stripe_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
  }

  expect_failures = [var.event_types]
}

run "thin_events_without_a_key_and_stripe_elsewhere" {
  command = plan

  variables {
    event_types    = ["customer.subscription.updated", "v1.customer.subscription.updated"]
    stripe_api_url = "https://api.stripe.com.example.com"
  }

  expect_failures = [
    var.event_types,
    var.stripe_api_url,
  ]
}

run "good_values_at_the_edges_are_taken" {
  command = plan

  variables {
    prefix                                  = "ab"
    bridge_event_source                     = "stripe-webhook-bridge"
    archive_retention_days                  = 0
    target_maximum_event_age_seconds        = 60
    target_maximum_retry_attempts           = 0
    lambda_runtime                          = "python3.12"
    lambda_architecture                     = "x86_64"
    lambda_memory_mb                        = 128
    lambda_timeout_seconds                  = 110
    lambda_reserved_concurrent_executions   = 0
    async_maximum_event_age_seconds         = 60
    async_maximum_retry_attempts            = 0
    log_retention_days                      = 0
    log_level                               = "WARNING"
    partition_key_template                  = "{userId}"
    user_id_pattern                         = "[0-9a-f-]{36}"
    access_renewal_grace_hours              = 0
    access_past_due_days                    = 365
    access_while_collection_paused          = false
    plan_product_ids                        = formatlist("prod_%d", range(50))
    handled_product_ids                     = ["a-product-of-yours"]
    required_metadata                       = { (format("%040d", 1)) = format("%0500d", 1) }
    profile_attributes                      = { (format("%0255d", 1)) = "id", plan = "items.data[0].price.lookup_key" }
    livemode                                = "test"
    unmapped                                = "ignore"
    create_missing_profile                  = false
    connect_events                          = "handle"
    forget_deleted_customers                = true
    deletion_protection_enabled             = true
    stripe_secret_parameter_name            = "stripe_key.v2"
    stripe_api_url                          = "http://[::1]:12111"
    dead_letter_queue_retention_seconds     = 60
    dead_letter_queue_maximum_message_bytes = 262144
    alarm_email_addresses                   = ["ops@example.com"]
    alarm_thresholds                        = { function_errors = 5 }
    alarm_silence_hours                     = 168
    event_types = [
      "checkout.session.completed",
      "customer.created",
      "customer.deleted",
      "customer.subscription.created",
      "customer.subscription.deleted",
      "customer.subscription.paused",
      "customer.subscription.pending_update_applied",
      "customer.subscription.pending_update_expired",
      "customer.subscription.resumed",
      "customer.subscription.trial_will_end",
      "customer.subscription.updated",
      "customer.updated",
      "entitlements.active_entitlement_summary.updated",
      "invoice.marked_uncollectible",
      "invoice.paid",
      "invoice.payment_failed",
      "invoice.payment_succeeded",
      "invoice.voided",
      "v1.checkout.session.completed",
      "v1.customer.subscription.updated",
      "v1.customer.updated",
      "v1.invoice.voided",
    ]
  }

  assert {
    condition     = module.handler.function_name == "ab-stripe-subscription-handler-development"
    error_message = "Values at the edge of what is allowed must be taken."
  }

  assert {
    condition     = module.tables.deletion_protection_enabled
    error_message = "deletion_protection_enabled must reach the tables."
  }

  assert {
    condition     = module.alarms.email_addresses == ["ops@example.com"]
    error_message = "alarm_email_addresses must be subscribed."
  }
}

# Secrets Manager takes these ARNs, IAM does not.

run "secret_arns_without_their_six_characters" {
  command = plan

  variables {
    stripe_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe"
    webhook_bridge    = { signing_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe/webhook" }
  }

  expect_failures = [var.stripe_secret_arn, var.webhook_bridge]
}

run "keys_that_are_aliases" {
  command = plan

  variables {
    stripe_secret_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:alias/stripe"
    webhook_bridge = {
      signing_secret_parameter_name = "/bayon/webhook-secret"
      signing_secret_kms_key_arn    = "alias/stripe"
    }
  }

  expect_failures = [var.stripe_secret_kms_key_arn, var.webhook_bridge]
}
