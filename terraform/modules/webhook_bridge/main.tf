# A Lambda function behind a public URL that checks the signature of Stripe's webhooks and puts their events on a
# bus. Who may call it is in url.tf. What it refused of Stripe's is a metric.

module "function" {
  source = "../function"

  name        = var.name
  description = "Checks Stripe's webhooks and puts their events on ${var.event_bus_name}."
  entry_point = "stripe_subscription_handler.webhook_bridge.app.lambda_handler"
  settings    = var.function_settings
  memory_mb   = var.memory_mb

  # Longer than reading the secret (7 s at most) and putting the event on the bus (10 s) with their retries.
  timeout_seconds = 20

  reserved_concurrent_executions = var.reserved_concurrent_executions

  environment_variables = {
    EVENT_BUS_NAME = var.event_bus_name
    EVENT_SOURCE   = var.event_source
    LOG_LEVEL      = var.log_level
  }

  # And nothing else: its own log, its one secret, and this.
  statements = [
    {
      Sid      = "PutEventsOnTheBus"
      Action   = ["events:PutEvents"]
      Resource = [var.event_bus_arn]
    },
  ]

  secret = {
    label              = "Signing"
    arn                = var.signing_secret_arn
    arn_variable       = "WEBHOOK_SECRET_ARN"
    parameter_name     = var.signing_secret_parameter_name
    parameter_variable = "WEBHOOK_SECRET_PARAMETER"
    kms_key_arn        = var.signing_secret_kms_key_arn
  }
}

# Everyone who finds the URL gets a 4xx; an alarm is for what Stripe itself is refused. The bridge says of each refusal whose
# request it looks like.
resource "aws_cloudwatch_log_metric_filter" "refusals" {
  name           = "refusals"
  log_group_name = module.function.log_group_name
  pattern        = "{ $.event = \"webhook\" && $.sender = \"stripe\" && $.status >= 400 && $.status < 500 }"

  metric_transformation {
    namespace = var.metric_namespace
    name      = "BridgeRefusals"
    value     = "1"
    unit      = "Count"
  }
}
