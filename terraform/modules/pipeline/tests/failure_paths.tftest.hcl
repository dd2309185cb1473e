# Where events go that fail, in each of the two layers. Who may write there is in least_privilege.tftest.hcl.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "each_failure_layer_has_its_own_queue" {
  command = plan

  assert {
    condition     = module.rule.target_dead_letter_queue_arn == "arn:aws:sqs:eu-west-1:111122223333:delivery-queue"
    error_message = "An event that can't be handed to Lambda must go to the delivery dead-letter queue."
  }

  assert {
    condition     = module.handler.on_failure_destination_arn == "arn:aws:sqs:eu-west-1:111122223333:failure-queue"
    error_message = "An event the function failed on must go to the failure queue."
  }

  assert {
    condition = (
      output.delivery_dead_letter_queue_arn == "arn:aws:sqs:eu-west-1:111122223333:delivery-queue"
      && output.delivery_dead_letter_queue_url == "https://sqs.eu-west-1.amazonaws.com/111122223333/delivery-queue"
      && output.delivery_dead_letter_queue_name == "bayon-stripe-delivery-dlq-development"
    )
    error_message = "The outputs of the delivery dead-letter queue must be that queue's."
  }

  assert {
    condition = (
      output.failure_queue_arn == "arn:aws:sqs:eu-west-1:111122223333:failure-queue"
      && output.failure_queue_url == "https://sqs.eu-west-1.amazonaws.com/111122223333/failure-queue"
      && output.failure_queue_name == "bayon-stripe-failures-development"
    )
    error_message = "The outputs of the failure queue must be that queue's."
  }
}

run "retries_last_24_hours_in_eventbridge_and_three_attempts_in_lambda" {
  command = plan

  assert {
    condition = module.rule.target_retry_policy == {
      maximum_event_age_in_seconds = 86400
      maximum_retry_attempts       = 185
    }
    error_message = "EventBridge must retry the hand-off for 24 hours, 185 times."
  }

  assert {
    condition = module.handler.async_retries == {
      maximum_event_age_seconds = 21600
      maximum_retry_attempts    = 2
    }
    error_message = "Lambda must keep an event for 6 hours and retry it twice."
  }
}

run "both_layers_can_be_configured" {
  command = plan

  variables {
    target_maximum_event_age_seconds = 3600
    target_maximum_retry_attempts    = 12
    async_maximum_event_age_seconds  = 900
    async_maximum_retry_attempts     = 1
  }

  assert {
    condition = module.rule.target_retry_policy == {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 12
    }
    error_message = "target_maximum_* must reach the rule's target."
  }

  assert {
    condition = module.handler.async_retries == {
      maximum_event_age_seconds = 900
      maximum_retry_attempts    = 1
    }
    error_message = "async_maximum_* must reach the function's event invoke config."
  }
}

run "what_the_queues_keep_can_be_configured" {
  command = plan

  variables {
    dead_letter_queue_retention_seconds     = 86400
    dead_letter_queue_maximum_message_bytes = 262144
  }

  assert {
    condition = alltrue([
      for queue in [module.dead_letter_queues.limits.delivery, module.dead_letter_queues.limits.failure] :
      queue.retention_seconds == 86400 && queue.maximum_message_bytes == 262144
    ])
    error_message = "dead_letter_queue_* must reach both queues."
  }
}

# The queues themselves.

run "queues_are_encrypted_and_keep_messages_for_14_days" {
  module {
    source = "../dead_letter_queues"
  }

  variables {
    delivery_queue_name   = "delivery"
    failure_queue_name    = "failures"
    rule_arns             = { OnlyOne = "arn:aws-cn:events:cn-north-1:111122223333:rule/bus/rule" }
    retention_seconds     = 1209600
    maximum_message_bytes = 262144
  }

  assert {
    condition     = aws_sqs_queue.delivery.sqs_managed_sse_enabled && aws_sqs_queue.failure.sqs_managed_sse_enabled
    error_message = "Both queues must be encrypted."
  }

  assert {
    condition = (
      aws_sqs_queue.delivery.message_retention_seconds == 1209600
      && aws_sqs_queue.failure.message_retention_seconds == 1209600
    )
    error_message = "Both queues must keep messages for the given time."
  }

  assert {
    condition     = !can(jsondecode(aws_sqs_queue.failure.policy).Statement) # The mock's text stands for AWS's none.
    error_message = "The failure queue must have no policy: the function's role is enough."
  }

  assert {
    condition = (
      jsondecode(aws_sqs_queue.delivery.policy).Statement[0].Resource
      == "arn:aws-cn:sqs:cn-north-1:111122223333:delivery"
    )
    error_message = "The queue's ARN in its policy must follow the rule's partition, region and account."
  }
}
