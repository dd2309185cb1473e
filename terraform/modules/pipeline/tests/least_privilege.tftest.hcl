# Who may do what, as whole policy documents: a statement more, an action more or a wider resource fails here.
# tests/contract/test_permissions.py sees to it that no resource that grants anything is missing here.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "the_functions_role_may_do_exactly_this" {
  command = plan

  assert {
    condition = jsondecode(module.handler.role_policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "WriteOwnLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["arn:aws:logs:eu-west-1:111122223333:log-group:handler:*"]
        },
        {
          Sid      = "ReadAndUpdateProfiles"
          Effect   = "Allow"
          Action   = ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:UpdateItem"]
          Resource = ["arn:aws:dynamodb:eu-west-1:111122223333:table/profile-created"]
        },
        {
          Sid    = "KeepOwnersAndParkedEvents"
          Effect = "Allow"
          Action = [
            "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem",
            "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem",
          ]
          Resource = ["arn:aws:dynamodb:eu-west-1:111122223333:table/sync"]
        },
        {
          Sid      = "CountParkedEvents"
          Effect   = "Allow"
          Action   = ["dynamodb:Query"]
          Resource = ["arn:aws:dynamodb:eu-west-1:111122223333:table/sync/index/parked-by-expiry"]
        },
        {
          Sid    = "LookIntoDeadLetterQueues"
          Effect = "Allow"
          Action = ["sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
          Resource = [
            "arn:aws:sqs:eu-west-1:111122223333:delivery-queue",
            "arn:aws:sqs:eu-west-1:111122223333:failure-queue",
          ]
        },
        {
          Sid      = "SendToFailureQueue"
          Effect   = "Allow"
          Action   = ["sqs:SendMessage"]
          Resource = ["arn:aws:sqs:eu-west-1:111122223333:failure-queue"]
        },
      ]
    }
    error_message = "The role's policy must be exactly this."
  }

  assert {
    condition     = output.role_policies == { handler = module.handler.role_policy }
    error_message = "The output must hold the role's policy, and nothing of functions that are not there."
  }

  assert {
    condition = jsondecode(module.handler.role_trust_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "OnlyLambda"
        Effect    = "Allow"
        Principal = { Service = "lambda.amazonaws.com" }
        Action    = "sts:AssumeRole"
      }]
    }
    error_message = "Only Lambda may use the function's role."
  }
}

run "others_may_do_exactly_this" {
  command = plan

  assert {
    condition = jsondecode(module.dead_letter_queues.delivery_queue_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "OnlyTheStripeRule"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = "arn:aws:sqs:eu-west-1:111122223333:bayon-stripe-delivery-dlq-development"
        Condition = {
          ArnEquals = { "aws:SourceArn" = "arn:aws:events:eu-west-1:111122223333:rule/main/subscription-events" }
        }
      }]
    }
    error_message = "The delivery queue's policy must let exactly our rule send, to exactly this queue."
  }

  assert {
    condition = jsondecode(module.alarms.topic_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "OnlyAlarmsOfThisAccount"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = "arn:aws:sns:eu-west-1:111122223333:alarms"
        Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } }
      }]
    }
    error_message = "Alarms of this account, and nobody else, must be able to publish to the topic."
  }

  assert {
    condition     = module.event_bus.forwarding_role_policy == null && module.event_bus.forwarding_role_trust_policy == null
    error_message = "Without a forwarding bus there must be no role for it."
  }
}

run "each_option_adds_exactly_its_statements" {
  command = plan

  variables {
    xray_tracing_enabled = true
    create_profile_table = false
    stripe_secret_arn    = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
  }

  assert {
    condition = jsondecode(module.handler.role_policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "WriteOwnLogs"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["arn:aws:logs:eu-west-1:111122223333:log-group:handler:*"]
        },
        {
          Sid      = "ReadAndUpdateProfiles"
          Effect   = "Allow"
          Action   = ["dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:UpdateItem"]
          Resource = ["arn:aws:dynamodb:eu-west-1:111122223333:table/profile-existing"]
        },
        {
          Sid    = "KeepOwnersAndParkedEvents"
          Effect = "Allow"
          Action = [
            "dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:GetItem",
            "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem",
          ]
          Resource = ["arn:aws:dynamodb:eu-west-1:111122223333:table/sync"]
        },
        {
          Sid      = "CountParkedEvents"
          Effect   = "Allow"
          Action   = ["dynamodb:Query"]
          Resource = ["arn:aws:dynamodb:eu-west-1:111122223333:table/sync/index/parked-by-expiry"]
        },
        {
          Sid    = "LookIntoDeadLetterQueues"
          Effect = "Allow"
          Action = ["sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
          Resource = [
            "arn:aws:sqs:eu-west-1:111122223333:delivery-queue",
            "arn:aws:sqs:eu-west-1:111122223333:failure-queue",
          ]
        },
        {
          Sid      = "SendToFailureQueue"
          Effect   = "Allow"
          Action   = ["sqs:SendMessage"]
          Resource = ["arn:aws:sqs:eu-west-1:111122223333:failure-queue"]
        },
        {
          Sid      = "ReadStripeSecret"
          Effect   = "Allow"
          Action   = ["secretsmanager:GetSecretValue"]
          Resource = ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"]
        },
        {
          Sid      = "WriteTraces"
          Effect   = "Allow"
          Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
          Resource = ["*"]
        },
      ]
    }
    error_message = "With an existing table, a secret and tracing, the policy must be exactly this: no star but of log streams and traces."
  }
}

run "a_parameter_adds_exactly_its_statement" {
  command = plan

  variables {
    stripe_secret_parameter_name = "/bayon/stripe-key"
  }

  assert {
    condition = [
      for statement in jsondecode(module.handler.role_policy).Statement : statement
      if !contains(
        [
          "WriteOwnLogs", "ReadAndUpdateProfiles", "KeepOwnersAndParkedEvents", "CountParkedEvents",
          "LookIntoDeadLetterQueues", "SendToFailureQueue", "WriteTraces",
        ],
        statement.Sid
      )
      ] == [{
        Sid      = "ReadStripeParameter"
        Effect   = "Allow"
        Action   = ["ssm:GetParameter"]
        Resource = ["arn:aws:ssm:eu-west-1:111122223333:parameter/bayon/stripe-key"]
    }]
    error_message = "The role may read exactly the given parameter."
  }

  assert {
    condition     = length(jsondecode(module.handler.role_policy).Statement) == 7
    error_message = "A parameter must add one statement, and take none away."
  }
}

run "a_key_adds_exactly_its_statements" {
  command = plan

  variables {
    kms_key_arn       = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    stripe_secret_arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
  }

  assert {
    condition = [
      for statement in jsondecode(module.handler.role_policy).Statement : statement
      if !contains(
        [
          "WriteOwnLogs", "ReadAndUpdateProfiles", "KeepOwnersAndParkedEvents", "CountParkedEvents",
          "LookIntoDeadLetterQueues", "SendToFailureQueue", "ReadStripeSecret",
        ],
        statement.Sid
      )
      ] == [
      {
        Sid       = "DecryptTables"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
        Condition = { StringEquals = { "kms:ViaService" = "dynamodb.eu-west-1.amazonaws.com" } }
      },
      {
        Sid       = "EncryptForFailureQueue"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
        Condition = { StringEquals = { "kms:ViaService" = "sqs.eu-west-1.amazonaws.com" } }
      },
      {
        Sid      = "DecryptStripeSecret"
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
        Condition = {
          StringEquals = {
            "kms:ViaService"                  = "secretsmanager.eu-west-1.amazonaws.com"
            "kms:EncryptionContext:SecretARN" = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
          }
        }
      },
    ]
    error_message = "A key must add what the tables, the failure queue and the secret need, each through its own service."
  }

  assert {
    condition     = length(jsondecode(module.handler.role_policy).Statement) == 10
    error_message = "A key must add three statements, and take none away."
  }
}

run "a_secret_under_another_key" {
  command = plan

  variables {
    kms_key_arn               = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    stripe_secret_arn         = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
    stripe_secret_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/of-the-secret"
    create_drift_check        = true
  }

  assert {
    condition = [
      for policy in [module.handler.role_policy, one(module.drift_check[*].role_policy)] : [
        for statement in jsondecode(policy).Statement : [statement.Resource, statement.Condition]
        if statement.Sid == "DecryptStripeSecret"
      ]
      ] == [
      for _ in range(2) : [
        [
          [
            "arn:aws:kms:eu-west-1:111122223333:key/of-the-secret",
            "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
          ],
          {
            StringEquals = {
              "kms:ViaService"                  = "secretsmanager.eu-west-1.amazonaws.com"
              "kms:EncryptionContext:SecretARN" = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
            }
          },
        ],
      ]
    ]
    error_message = "Both functions that read the secret must be allowed its key, for this secret alone."
  }
}

run "a_key_and_a_parameter" {
  command = plan

  variables {
    kms_key_arn                  = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    stripe_secret_parameter_name = "/bayon/stripe-key"
  }

  assert {
    condition = [
      for statement in jsondecode(module.handler.role_policy).Statement : statement
      if statement.Sid == "DecryptStripeSecret"
      ] == [{
        Sid      = "DecryptStripeSecret"
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = ["arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"]
        Condition = {
          StringEquals = {
            "kms:ViaService"                      = "ssm.eu-west-1.amazonaws.com"
            "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-west-1:111122223333:parameter/bayon/stripe-key"
          }
        }
    }]
    error_message = "The role may decrypt exactly the given parameter."
  }
}

run "an_existing_tables_own_key" {
  command = plan

  variables {
    create_profile_table      = false
    profile_table_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/the-apps"
  }

  assert {
    condition = [
      for statement in jsondecode(module.handler.role_policy).Statement : statement
      if length(regexall("kms:", jsonencode(statement))) > 0
      ] == [{
        Sid       = "DecryptTables"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = ["arn:aws:kms:eu-west-1:111122223333:key/the-apps"]
        Condition = { StringEquals = { "kms:ViaService" = "dynamodb.eu-west-1.amazonaws.com" } }
    }]
    error_message = "An existing table that is encrypted with a KMS key must be readable, and no other key must be."
  }
}

run "the_forwarding_role_may_do_exactly_this" {
  command = plan

  variables {
    stripe_event_source_name = "aws.partner/stripe.com/ed_test_123"
    create_forwarding_bus    = true
  }

  override_data {
    target = module.event_bus.data.aws_cloudwatch_event_source.stripe
    values = { name = "aws.partner/stripe.com/ed_test_123", state = "ACTIVE" }
  }

  assert {
    condition = jsondecode(module.event_bus.forwarding_role_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid      = "PutEventsOnTheForwardingBus"
        Effect   = "Allow"
        Action   = ["events:PutEvents"]
        Resource = ["arn:aws:events:eu-west-1:111122223333:event-bus/forwarding"]
      }]
    }
    error_message = "The forwarding role may put events on the forwarding bus, and nothing else."
  }

  assert {
    condition = jsondecode(module.event_bus.forwarding_role_trust_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Sid       = "OnlyTheForwardingRule"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sts:AssumeRole"
        Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:eu-west-1:111122223333:rule/main/forwarding" } }
      }]
    }
    error_message = "Only the forwarding rule may use the forwarding role."
  }
}

# Inside the modules, where the resources themselves can be seen.

run "only_the_rule_may_invoke_the_function" {
  command = plan

  module {
    source = "../rule"
  }

  variables {
    name                      = "rule"
    event_bus_name            = "bus"
    source_prefix             = "aws.partner/stripe.com"
    event_types               = ["customer.subscription.created"]
    user_id_metadata_key      = "userId"
    function_name             = "handler"
    function_alias_name       = "live"
    invoked_arn               = "arn:aws:lambda:eu-west-1:111122223333:function:handler:live"
    maximum_event_age_seconds = 86400
    maximum_retry_attempts    = 185
    dead_letter_queue_arn     = "arn:aws:sqs:eu-west-1:111122223333:delivery-queue"
  }

  override_resource {
    target          = aws_cloudwatch_event_rule.subscription_events
    override_during = plan
    values          = { arn = "arn:aws:events:eu-west-1:111122223333:rule/bus/rule" }
  }

  assert {
    condition = {
      # jsonencode: null has no type. `id` and the prefix are AWS's answers; `region` is new in provider 6.
      for name, value in aws_lambda_permission.subscription_events : name => jsonencode(value)
      if !contains(["id", "statement_id_prefix", "region"], name)
      } == {
      action                 = jsonencode("lambda:InvokeFunction")
      event_source_token     = "null"
      function_name          = jsonencode("handler")
      function_url_auth_type = "null"
      principal              = jsonencode("events.amazonaws.com")
      principal_org_id       = "null"
      qualifier              = "null"
      source_account         = "null"
      source_arn             = jsonencode("arn:aws:events:eu-west-1:111122223333:rule/bus/rule")
      statement_id           = jsonencode("AllowStripeRule")
    }
    error_message = "EventBridge, for this one rule, and nobody else may invoke the function."
  }

  assert {
    condition = {
      for name, value in aws_lambda_permission.subscription_events_to_alias[0] : name => jsonencode(value)
      if !contains(["id", "statement_id_prefix", "region"], name)
      } == {
      action                 = jsonencode("lambda:InvokeFunction")
      event_source_token     = "null"
      function_name          = jsonencode("handler")
      function_url_auth_type = "null"
      principal              = jsonencode("events.amazonaws.com")
      principal_org_id       = "null"
      qualifier              = jsonencode("live")
      source_account         = "null"
      source_arn             = jsonencode("arn:aws:events:eu-west-1:111122223333:rule/bus/rule")
      statement_id           = jsonencode("AllowStripeRuleOnAlias")
    }
    error_message = "The same must be all that the alias allows."
  }
}

run "only_the_hourly_schedule_may_invoke_it_too" {
  command = plan

  module {
    source = "../parked_count"
  }

  variables {
    name                = "parked-count"
    function_name       = "handler"
    function_alias_name = "live"
    invoked_arn         = "arn:aws:lambda:eu-west-1:111122223333:function:handler:live"
  }

  override_resource {
    target          = aws_cloudwatch_event_rule.hourly
    override_during = plan
    values          = { arn = "arn:aws:events:eu-west-1:111122223333:rule/parked-count" }
  }

  assert {
    condition = {
      for name, value in aws_lambda_permission.hourly : name => jsonencode(value)
      if !contains(["id", "statement_id_prefix", "region"], name)
      } == {
      action                 = jsonencode("lambda:InvokeFunction")
      event_source_token     = "null"
      function_name          = jsonencode("handler")
      function_url_auth_type = "null"
      principal              = jsonencode("events.amazonaws.com")
      principal_org_id       = "null"
      qualifier              = "null"
      source_account         = "null"
      source_arn             = jsonencode("arn:aws:events:eu-west-1:111122223333:rule/parked-count")
      statement_id           = jsonencode("AllowParkedCount")
    }
    error_message = "The schedule's permission must be for its own rule only."
  }

  assert {
    condition = {
      for name, value in aws_lambda_permission.hourly_to_alias[0] : name => jsonencode(value)
      if !contains(["id", "statement_id_prefix", "region"], name)
      } == {
      action                 = jsonencode("lambda:InvokeFunction")
      event_source_token     = "null"
      function_name          = jsonencode("handler")
      function_url_auth_type = "null"
      principal              = jsonencode("events.amazonaws.com")
      principal_org_id       = "null"
      qualifier              = jsonencode("live")
      source_account         = "null"
      source_arn             = jsonencode("arn:aws:events:eu-west-1:111122223333:rule/parked-count")
      statement_id           = jsonencode("AllowParkedCountOnAlias")
    }
    error_message = "The same must be all that the alias allows."
  }
}
