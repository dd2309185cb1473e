# A function with the handler's zip and another entry point: it tells a bus what changed in the profile table. Where its
# records come from is in mapping.tf, where those go that it cannot tell in queue.tf, what it may do in role.tf.

module "function" {
  source = "../function"

  name        = var.name
  description = "Tells what changed in the profiles: the stream of the profile table onto a bus."
  entry_point = "stripe_subscription_handler.profile_events.app.lambda_handler"
  settings    = var.function_settings
  memory_mb   = var.memory_mb

  # A batch of a hundred changes of one user takes a hundred requests, one after the other.
  timeout_seconds = 60

  environment_variables = {
    PROFILE_EVENTS_BUS_ARN           = var.bus_arn
    PROFILE_EVENTS_SOURCE            = var.event_source
    PROFILE_EVENTS_ATTRIBUTES        = jsonencode(var.attributes)
    PROFILE_EVENTS_FAILURE_QUEUE_URL = aws_sqs_queue.failures.url
    LOG_LEVEL                        = var.log_level
    PARTITION_KEY_NAME               = var.partition_key_name
    SORT_KEY_NAME                    = var.sort_key_name == null ? "" : var.sort_key_name
    PARTITION_KEY_TEMPLATE           = var.partition_key_template
    SORT_KEY_TEMPLATE                = var.sort_key_template
  }

  statements = local.statements
}
