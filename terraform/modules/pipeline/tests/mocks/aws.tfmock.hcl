# What AWS would answer. Resources of one type that could be confused with each other have ARNs of their
# own: with a shared one, a policy on the wrong queue would pass every test.

override_resource {
  target = module.dead_letter_queues.aws_sqs_queue.delivery
  values = {
    arn = "arn:aws:sqs:eu-west-1:111122223333:delivery-queue"
    url = "https://sqs.eu-west-1.amazonaws.com/111122223333/delivery-queue"
  }
}

override_resource {
  target = module.dead_letter_queues.aws_sqs_queue.failure
  values = {
    arn = "arn:aws:sqs:eu-west-1:111122223333:failure-queue"
    url = "https://sqs.eu-west-1.amazonaws.com/111122223333/failure-queue"
  }
}

override_resource {
  target = module.tables.aws_dynamodb_table.profile
  values = {
    arn        = "arn:aws:dynamodb:eu-west-1:111122223333:table/profile-created"
    stream_arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/profile-created/stream/1"
  }
}

override_data {
  target = module.tables.data.aws_dynamodb_table.existing_profile
  values = {
    arn       = "arn:aws:dynamodb:eu-west-1:111122223333:table/profile-existing"
    hash_key  = "PK"
    range_key = "SK"
    attribute = [{ name = "PK", type = "S" }, { name = "SK", type = "S" }, { name = "score", type = "N" }]

    stream_enabled   = true
    stream_view_type = "NEW_AND_OLD_IMAGES"
    stream_arn       = "arn:aws:dynamodb:eu-west-1:111122223333:table/profile-existing/stream/1"
  }
}

override_resource {
  target = module.tables.aws_dynamodb_table.sync
  values = { arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/sync" }
}

override_resource {
  target = module.event_bus.aws_cloudwatch_event_bus.stripe
  values = { arn = "arn:aws:events:eu-west-1:111122223333:event-bus/main" }
}

override_resource {
  target = module.event_bus.aws_cloudwatch_event_bus.forwarding
  values = { arn = "arn:aws:events:eu-west-1:111122223333:event-bus/forwarding" }
}

override_resource {
  target = module.event_bus.aws_cloudwatch_event_rule.forwarding
  values = { arn = "arn:aws:events:eu-west-1:111122223333:rule/main/forwarding" }
}

override_resource {
  target = module.event_bus.aws_iam_role.forwarding
  values = { arn = "arn:aws:iam::111122223333:role/forwarding" }
}

override_resource {
  target = module.rule.aws_cloudwatch_event_rule.subscription_events
  values = { arn = "arn:aws:events:eu-west-1:111122223333:rule/main/subscription-events" }
}

override_resource {
  target = module.webhook_bridge_rule[0].aws_cloudwatch_event_rule.subscription_events
  values = { arn = "arn:aws:events:eu-west-1:111122223333:rule/bridge/bridge-events" }
}

override_resource {
  target = module.webhook_bridge_bus[0].aws_cloudwatch_event_bus.stripe
  values = { arn = "arn:aws:events:eu-west-1:111122223333:event-bus/bridge" }
}

override_resource {
  target = module.webhook_bridge[0].module.function.aws_cloudwatch_log_group.function
  values = { arn = "arn:aws:logs:eu-west-1:111122223333:log-group:bridge" }
}

override_resource {
  target = module.webhook_bridge[0].module.function.aws_iam_role.execution
  values = { arn = "arn:aws:iam::111122223333:role/bridge" }
}

override_resource {
  target = module.webhook_bridge[0].module.function.aws_lambda_function.function
  values = { arn = "arn:aws:lambda:eu-west-1:111122223333:function:bridge" }
}

override_resource {
  target = module.webhook_bridge[0].aws_lambda_function_url.webhook
  values = { function_url = "https://bridge.lambda-url.eu-west-1.on.aws/" }
}

override_resource {
  target = module.parked_count.aws_cloudwatch_event_rule.hourly
  values = { arn = "arn:aws:events:eu-west-1:111122223333:rule/parked-count" }
}

override_resource {
  target = module.handler.module.function.aws_iam_role.execution
  values = { arn = "arn:aws:iam::111122223333:role/handler" }
}

override_resource {
  target = module.handler.module.function.aws_lambda_function.function
  values = { arn = "arn:aws:lambda:eu-west-1:111122223333:function:handler" }
}

override_resource {
  target = module.handler.module.function.aws_cloudwatch_log_group.function
  values = { arn = "arn:aws:logs:eu-west-1:111122223333:log-group:handler" }
}

override_resource {
  target = module.drift_check[0].module.function.aws_lambda_function.function
  values = { arn = "arn:aws:lambda:eu-west-1:111122223333:function:drift-check" }
}

override_resource {
  target = module.drift_check[0].module.function.aws_cloudwatch_log_group.function
  values = { arn = "arn:aws:logs:eu-west-1:111122223333:log-group:drift-check" }
}

override_resource {
  target = module.drift_check[0].module.function.aws_iam_role.execution
  values = { arn = "arn:aws:iam::111122223333:role/drift-check" }
}

override_resource {
  target = module.drift_check[0].aws_iam_role.schedule
  values = { arn = "arn:aws:iam::111122223333:role/drift-check-schedule" }
}

override_resource {
  target = module.profile_events[0].module.function.aws_lambda_function.function
  values = { arn = "arn:aws:lambda:eu-west-1:111122223333:function:profile-events" }
}

override_resource {
  target = module.profile_events[0].module.function.aws_cloudwatch_log_group.function
  values = { arn = "arn:aws:logs:eu-west-1:111122223333:log-group:profile-events" }
}

override_resource {
  target = module.profile_events[0].module.function.aws_iam_role.execution
  values = { arn = "arn:aws:iam::111122223333:role/profile-events" }
}

override_resource {
  target = module.profile_events[0].aws_lambda_event_source_mapping.profiles
  values = { uuid = "12345678-1234-1234-1234-123456789012" }
}

override_resource {
  target = module.profile_events[0].aws_sqs_queue.failures
  values = {
    arn = "arn:aws:sqs:eu-west-1:111122223333:profile-events-failures"
    url = "https://sqs.eu-west-1.amazonaws.com/111122223333/profile-events-failures"
  }
}

override_resource {
  target = module.alarms.aws_sns_topic.operators
  values = {
    arn   = "arn:aws:sns:eu-west-1:111122223333:alarms"
    owner = "111122223333"
  }
}

mock_resource "aws_cloudwatch_event_archive" {
  defaults = { arn = "arn:aws:events:eu-west-1:111122223333:archive/archive" }
}

mock_resource "aws_cloudwatch_metric_alarm" {
  defaults = { arn = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:an-alarm" }
}
