# Written by `make contract` from modules/pipeline/outputs.tf: change it there.

output "event_bus_name" {
  description = "Bus Stripe's events arrive on. Add rules and targets of your own here (examples/second_consumer)."
  value       = module.pipeline.event_bus_name
}

output "event_bus_arn" {
  description = "ARN of that bus."
  value       = module.pipeline.event_bus_arn
}

output "forwarding_bus_name" {
  description = "Bus under our own name that gets every Stripe event from the partner bus; null if there is none."
  value       = module.pipeline.forwarding_bus_name
}

output "archive_name" {
  description = "Archive of the bus, for replays."
  value       = module.pipeline.archive_name
}

output "archive_arn" {
  description = "ARN of the archive."
  value       = module.pipeline.archive_arn
}

output "rule_name" {
  description = "Rule that invokes the function."
  value       = module.pipeline.rule_name
}

output "rule_arn" {
  description = "ARN of that rule: name it in a replay to send archived events to the function alone."
  value       = module.pipeline.rule_arn
}

output "function_name" {
  description = "The Lambda function."
  value       = module.pipeline.function_name
}

output "function_arn" {
  description = "ARN of the function."
  value       = module.pipeline.function_arn
}

output "function_alias_name" {
  description = "Alias by which the function is invoked; null without SnapStart, when it is invoked by its name alone."
  value       = module.pipeline.function_alias_name
}

output "ask_now_arn" {
  description = "What the app names when it asks the function (docs/ask-now.md): the function's ARN, or the alias's."
  value       = module.pipeline.ask_now_arn
}

output "ask_now_statement" {
  description = "The IAM statement that lets the app ask the function, and do nothing else, as an object for a policy of yours."
  value       = module.pipeline.ask_now_statement
}

output "ask_now_policy" {
  description = "A whole IAM policy with that statement alone, as JSON."
  value       = module.pipeline.ask_now_policy
}

output "function_role_arn" {
  description = "ARN of the function's role."
  value       = module.pipeline.function_role_arn
}

output "log_group_name" {
  description = "The function's log group."
  value       = module.pipeline.log_group_name
}

output "delivery_dead_letter_queue_name" {
  description = "Queue of events EventBridge could not hand to the function."
  value       = module.pipeline.delivery_dead_letter_queue_name
}

output "delivery_dead_letter_queue_url" {
  description = "URL of the delivery dead-letter queue."
  value       = module.pipeline.delivery_dead_letter_queue_url
}

output "delivery_dead_letter_queue_arn" {
  description = "ARN of the delivery dead-letter queue."
  value       = module.pipeline.delivery_dead_letter_queue_arn
}

output "failure_queue_name" {
  description = "Queue of events the function failed on in every attempt."
  value       = module.pipeline.failure_queue_name
}

output "failure_queue_url" {
  description = "URL of the failure queue."
  value       = module.pipeline.failure_queue_url
}

output "failure_queue_arn" {
  description = "ARN of the failure queue."
  value       = module.pipeline.failure_queue_arn
}

output "profile_table_name" {
  description = "Table with the profiles."
  value       = module.pipeline.profile_table_name
}

output "sync_table_name" {
  description = "Table with the owners of subscriptions, and what waits for them."
  value       = module.pipeline.sync_table_name
}

output "alarm_topic_arn" {
  description = "SNS topic of the alarms."
  value       = module.pipeline.alarm_topic_arn
}

output "alarm_names" {
  description = "Alarm names by what they watch."
  value       = module.pipeline.alarm_names
}

output "parked_index_name" {
  description = "Index of the sync table that holds the parked events, in the order in which they expire."
  value       = module.pipeline.parked_index_name
}

output "parked_count_rule_name" {
  description = "Rule on the default bus that has the function count parked events once an hour."
  value       = module.pipeline.parked_count_rule_name
}

output "drift_check_function_name" {
  description = "The function that compares Stripe with the profiles; null if there is none."
  value       = module.pipeline.drift_check_function_name
}

output "drift_check_log_group_name" {
  description = "Its log group: a line for each difference, and one for each slice and each pass."
  value       = module.pipeline.drift_check_log_group_name
}

output "metric_namespace" {
  description = "CloudWatch namespace of the metrics that are made of the function's log."
  value       = module.pipeline.metric_namespace
}

output "dashboard_name" {
  description = "Dashboard of the pipeline."
  value       = module.pipeline.dashboard_name
}

output "saved_query_names" {
  description = "Saved queries of CloudWatch Logs Insights."
  value       = module.pipeline.saved_query_names
}

output "webhook_bridge_url" {
  description = "URL to give to Stripe's webhook endpoint; null without a webhook bridge."
  value       = module.pipeline.webhook_bridge_url
}

output "webhook_bridge_event_source" {
  description = "The `source` of the webhook bridge's events; null without one."
  value       = module.pipeline.webhook_bridge_event_source
}

output "webhook_bridge_function_name" {
  description = "The webhook bridge's function; null without one."
  value       = module.pipeline.webhook_bridge_function_name
}

output "webhook_bridge_log_group_name" {
  description = "The webhook bridge's log group; null without one."
  value       = module.pipeline.webhook_bridge_log_group_name
}

output "webhook_bridge_bus_name" {
  description = "The webhook bridge's own bus; null without one."
  value       = module.pipeline.webhook_bridge_bus_name
}

output "webhook_bridge_bus_arn" {
  description = "ARN of that bus."
  value       = module.pipeline.webhook_bridge_bus_arn
}

output "webhook_bridge_archive_name" {
  description = "Archive of the webhook bridge's own bus; null without one."
  value       = module.pipeline.webhook_bridge_archive_name
}

output "webhook_bridge_archive_arn" {
  description = "ARN of that archive."
  value       = module.pipeline.webhook_bridge_archive_arn
}

output "webhook_bridge_rule_name" {
  description = "Rule on the webhook bridge's own bus that invokes the function; null without one."
  value       = module.pipeline.webhook_bridge_rule_name
}

output "webhook_bridge_rule_arn" {
  description = "ARN of that rule."
  value       = module.pipeline.webhook_bridge_rule_arn
}

output "profile_stream_arn" {
  description = "The profile table's stream, which the profile events read; null or empty where it has none."
  value       = module.pipeline.profile_stream_arn
}

output "profile_events_bus_arn" {
  description = "ARN of the bus that changes of profiles are told on; null without profile events."
  value       = module.pipeline.profile_events_bus_arn
}

output "profile_events_bus_name" {
  description = "Name of that bus, for rules in the account whose bus it is; null without profile events."
  value       = module.pipeline.profile_events_bus_name
}

output "profile_events_source" {
  description = "The `source` of these events; null without profile events."
  value       = module.pipeline.profile_events_source
}

output "profile_events_function_name" {
  description = "The function that tells the changes; null without profile events."
  value       = module.pipeline.profile_events_function_name
}

output "profile_events_log_group_name" {
  description = "Its log group: a line for each change, with the names of what changed."
  value       = module.pipeline.profile_events_log_group_name
}

output "profile_events_event_source_mapping_id" {
  description = "The event source mapping from the stream to that function; null without profile events."
  value       = module.pipeline.profile_events_event_source_mapping_id
}

output "profile_events_failure_queue_name" {
  description = "Queue of the changes that could not be told: their places in the stream; null without profile events."
  value       = module.pipeline.profile_events_failure_queue_name
}

output "profile_events_failure_queue_url" {
  description = "URL of that queue."
  value       = module.pipeline.profile_events_failure_queue_url
}

output "role_policies" {
  description = "The policy of each function's role, as JSON: `handler`, and `drift_check`, `profile_events` and `webhook_bridge` where there is one."
  value       = module.pipeline.role_policies
}
