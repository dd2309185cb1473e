# The whole stack, one module per box of the diagram, in the order an event travels:
#
#   Stripe -> event_bus (archive beside it) -> rule -> handler -> tables
#                                                |        |
#                                                +--------+--> dead_letter_queues, metrics, alarms, dashboard
#
# webhook_bridge, where it is wanted, takes webhooks and puts their events on a bus: one of its own (webhook_bridge_bus,
# webhook_bridge_rule) or event_bus.
#
# profile_events, where it is wanted, tells another bus what changed in the profiles.
#
# Each of the four functions (handler, webhook_bridge, drift_check, profile_events) is made of modules/function.
#
# parked_count beside it has the handler count the events that wait for a user; drift_check, where it is wanted,
# compares Stripe with the profiles.
#
# Names are in locals.tf. There is no provider here: that, the state and the rules of workspaces are the root's.

module "event_bus" {
  source = "../event_bus"

  name                      = local.names.event_bus
  environment               = var.environment
  partner_event_source_name = var.stripe_event_source_name
  create_forwarding_bus     = var.create_forwarding_bus
  forwarding_name           = local.names.forwarding
  source_prefix             = local.stripe_source_prefix
  bridge_event_source       = local.bridge_event_source
  archive_name              = local.names.archive
  archive_retention_days    = var.archive_retention_days
}

module "rule" {
  source = "../rule"

  name                      = local.names.rule
  event_bus_name            = module.event_bus.bus_name
  source_prefix             = local.stripe_source_prefix
  bridge_event_source       = local.bridge_event_source
  event_types               = var.event_types
  user_id_metadata_key      = var.user_id_metadata_key
  function_name             = module.handler.function_name
  function_alias_name       = module.handler.alias_name
  invoked_arn               = module.handler.invoked_arn
  maximum_event_age_seconds = var.target_maximum_event_age_seconds
  maximum_retry_attempts    = var.target_maximum_retry_attempts
  dead_letter_queue_arn     = module.dead_letter_queues.delivery_queue_arn
}

module "handler" {
  source = "../handler"

  name              = local.names.function
  function_settings = local.function_settings

  memory_mb                      = var.lambda_memory_mb
  timeout_seconds                = var.lambda_timeout_seconds
  reserved_concurrent_executions = var.lambda_reserved_concurrent_executions
  snap_start_enabled             = var.lambda_snap_start_enabled

  async_maximum_event_age_seconds = var.async_maximum_event_age_seconds
  async_maximum_retry_attempts    = var.async_maximum_retry_attempts
  failure_queue_arn               = module.dead_letter_queues.failure_queue_arn
  failure_queue_url               = module.dead_letter_queues.failure_queue_url
  delivery_queue_arn              = module.dead_letter_queues.delivery_queue_arn
  delivery_queue_url              = module.dead_letter_queues.delivery_queue_url

  log_level            = var.log_level
  dynamodb_client      = var.dynamodb_client
  xray_tracing_enabled = var.xray_tracing_enabled

  table_kms_key_arns = distinct(compact([var.kms_key_arn, var.profile_table_kms_key_arn]))

  profile_table_name     = module.tables.profile_table_name
  profile_table_arn      = module.tables.profile_table_arn
  sync_table_name        = module.tables.sync_table_name
  sync_table_arn         = module.tables.sync_table_arn
  parked_index_arn       = module.tables.parked_index.arn
  partition_key_name     = var.partition_key_name
  sort_key_name          = var.sort_key_name
  partition_key_template = var.partition_key_template
  sort_key_template      = var.sort_key_template
  user_id_metadata_key   = var.user_id_metadata_key
  user_id_pattern        = var.user_id_pattern
  livemode               = var.livemode
  unmapped               = var.unmapped
  create_missing_profile = var.create_missing_profile
  connect_events         = var.connect_events

  forget_deleted_customers = var.forget_deleted_customers

  shows = {
    access_renewal_grace_hours     = var.access_renewal_grace_hours
    access_past_due_days           = var.access_past_due_days
    access_while_collection_paused = var.access_while_collection_paused
    plan_product_ids               = var.plan_product_ids
    handled_product_ids            = var.handled_product_ids
    required_metadata              = var.required_metadata
    profile_attributes             = var.profile_attributes
  }

  stripe_secret_arn            = var.stripe_secret_arn
  stripe_secret_parameter_name = var.stripe_secret_parameter_name
  stripe_secret_kms_key_arn    = var.stripe_secret_kms_key_arn
  stripe_api_url               = var.stripe_api_url
}

module "dead_letter_queues" {
  source = "../dead_letter_queues"

  delivery_queue_name = local.names.delivery_dead_letter_queue
  failure_queue_name  = local.names.failure_queue
  rule_arns = merge(
    { OnlyTheStripeRule = module.rule.arn },
    # By its index: a reference to all of the module would be one to its target too, which needs the queue.
    local.has_bridge_bus ? { OnlyTheBridgeRule = module.webhook_bridge_rule[0].arn } : {},
  )
  retention_seconds     = var.dead_letter_queue_retention_seconds
  maximum_message_bytes = var.dead_letter_queue_maximum_message_bytes
  kms_key_arn           = var.kms_key_arn
}

module "webhook_bridge" {
  source = "../webhook_bridge"
  count  = var.webhook_bridge == null ? 0 : 1

  name           = local.names.webhook_bridge
  event_bus_name = local.has_bridge_bus ? one(module.webhook_bridge_bus[*].bus_name) : module.event_bus.bus_name
  event_bus_arn  = local.has_bridge_bus ? one(module.webhook_bridge_bus[*].bus_arn) : module.event_bus.bus_arn
  event_source   = coalesce(local.bridge_event_source, local.webhook_bridge_event_source)

  signing_secret_arn            = var.webhook_bridge.signing_secret_arn
  signing_secret_parameter_name = var.webhook_bridge.signing_secret_parameter_name
  signing_secret_kms_key_arn    = var.webhook_bridge.signing_secret_kms_key_arn

  function_settings              = local.function_settings
  memory_mb                      = var.lambda_memory_mb
  reserved_concurrent_executions = var.webhook_bridge.reserved_concurrent_executions
  log_level                      = var.log_level

  metric_namespace = local.metric_namespace
}

# A bus that stays the same, whatever becomes of the stack's own: PutEvents says nothing of a bus that is gone, so an
# event put on it would be lost, and the sender told otherwise.
module "webhook_bridge_bus" {
  source = "../event_bus"
  count  = local.has_bridge_bus ? 1 : 0

  name                   = local.names.bridge_bus
  environment            = var.environment
  forwarding_name        = local.names.forwarding
  source_prefix          = local.stripe_source_prefix
  bridge_event_source    = coalesce(local.bridge_event_source, local.webhook_bridge_event_source)
  archive_name           = local.names.bridge_bus
  archive_retention_days = var.archive_retention_days
}

module "webhook_bridge_rule" {
  source = "../rule"
  count  = local.has_bridge_bus ? 1 : 0

  name                      = local.names.bridge_rule
  event_bus_name            = one(module.webhook_bridge_bus[*].bus_name)
  source_prefix             = local.stripe_source_prefix
  bridge_event_source       = coalesce(local.bridge_event_source, local.webhook_bridge_event_source)
  event_types               = var.event_types
  user_id_metadata_key      = var.user_id_metadata_key
  function_name             = module.handler.function_name
  function_alias_name       = module.handler.alias_name
  invoked_arn               = module.handler.invoked_arn
  permission_statement_id   = "AllowBridgeRule"
  maximum_event_age_seconds = var.target_maximum_event_age_seconds
  maximum_retry_attempts    = var.target_maximum_retry_attempts
  dead_letter_queue_arn     = module.dead_letter_queues.delivery_queue_arn
}

module "tables" {
  source = "../tables"

  create_profile_table        = var.create_profile_table
  profile_table_name          = var.profile_table_name
  partition_key_name          = var.partition_key_name
  sort_key_name               = var.sort_key_name
  sync_table_name             = local.names.sync_table
  kms_key_arn                 = var.kms_key_arn
  needs_stream                = var.create_profile_events
  deletion_protection_enabled = var.deletion_protection_enabled
}

module "profile_events" {
  source = "../profile_events"
  count  = var.create_profile_events ? 1 : 0

  name               = local.names.profile_events
  failure_queue_name = local.names.profile_events_failures
  function_settings  = local.function_settings
  memory_mb          = var.lambda_memory_mb
  log_level          = var.log_level

  stream_arn             = module.tables.profile_stream_arn
  table_kms_key_arns     = distinct(compact([var.kms_key_arn, var.profile_table_kms_key_arn]))
  partition_key_name     = var.partition_key_name
  sort_key_name          = var.sort_key_name
  partition_key_template = var.partition_key_template
  sort_key_template      = var.sort_key_template

  bus_arn      = local.profile_events_bus_arn
  event_source = local.profile_events_source
  attributes   = local.profile_events_attributes

  batch_size                 = var.profile_events_batch_size
  batching_window_seconds    = var.profile_events_batching_window_seconds
  parallelization_factor     = var.profile_events_parallelization_factor
  maximum_retry_attempts     = var.profile_events_maximum_retry_attempts
  maximum_record_age_seconds = var.profile_events_maximum_record_age_seconds
  queue_retention_seconds    = var.dead_letter_queue_retention_seconds
}

module "metrics" {
  source = "../metrics"

  log_group_name = module.handler.log_group_name
  namespace      = local.metric_namespace
}

module "parked_count" {
  source = "../parked_count"

  name                = local.names.parked_count
  function_name       = module.handler.function_name
  function_alias_name = module.handler.alias_name
  invoked_arn         = module.handler.invoked_arn
}

module "drift_check" {
  source = "../drift_check"
  count  = local.creates_drift_check ? 1 : 0

  name                           = local.names.drift_check
  function_settings              = local.function_settings
  memory_mb                      = var.drift_check_memory_mb
  reserved_concurrent_executions = var.drift_check_reserved_concurrent_executions

  interval_hours      = var.drift_check_interval_hours
  schedule_minutes    = var.drift_check_schedule_minutes
  repair              = var.drift_check_repair
  second_look_seconds = var.drift_check_second_look_seconds
  requests_per_second = var.drift_check_requests_per_second

  handler_environment_variables = module.handler.environment_variables
  handler_statements            = module.handler.statements
  stripe_secret_kms_key_arn     = var.stripe_secret_kms_key_arn
  profile_table_arn             = module.tables.profile_table_arn
  sync_table_arn                = module.tables.sync_table_arn

  metric_namespace = local.metric_namespace
}

module "alarms" {
  source = "../alarms"

  topic_name               = local.names.alarm_topic
  kms_key_arn              = var.kms_key_arn
  alarm_name_format        = local.name_format
  email_addresses          = var.alarm_email_addresses
  delivery_queue_name      = module.dead_letter_queues.delivery_queue_name
  failure_queue_name       = module.dead_letter_queues.failure_queue_name
  function_name            = module.handler.function_name
  function_timeout_seconds = module.handler.timeout_seconds
  metrics                  = module.metrics.metrics
  user_id_metadata_key     = var.user_id_metadata_key
  event_bus_name           = module.event_bus.bus_name
  rule_name                = module.rule.name
  forwarding_rule_name     = module.event_bus.forwarding_rule_name
  parked_count_rule_name   = module.parked_count.name
  bridge_function_name     = one(module.webhook_bridge[*].function_name)
  bridge_refusals_metric   = one(module.webhook_bridge[*].refusals_metric)
  bridge_rule              = one([for rule in module.webhook_bridge_rule : { bus_name = rule.event_bus_name, name = rule.name }])
  silence_hours            = local.silence_hours
  is_rule_fed              = !local.awaits_event_source
  thresholds               = var.alarm_thresholds

  profile_events = local.profile_events

  drift_check = one([
    for check in module.drift_check : {
      function_name          = check.function_name
      metric                 = check.metric
      unfinished_after_hours = var.drift_check_alarm_hours
    }
  ])
}

module "dashboard" {
  source = "../dashboard"

  name                 = local.names.dashboard
  query_folder         = local.names.query_folder
  create_saved_queries = var.create_saved_queries
  event_bus_name       = module.event_bus.bus_name
  rule_name            = module.rule.name
  function_name        = module.handler.function_name
  function_arn         = module.handler.function_arn
  log_group_name       = module.handler.log_group_name
  delivery_queue_name  = module.dead_letter_queues.delivery_queue_name
  failure_queue_name   = module.dead_letter_queues.failure_queue_name
  metrics              = module.metrics.metrics
  profile_events       = local.profile_events
  alarm_arns           = values(module.alarms.alarm_arns)
}
