# SnapStart: whatever is invoked needs its own permission and attempts; nothing changes for whoever leaves it off.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

override_resource {
  target          = module.handler.aws_lambda_alias.live
  override_during = plan
  values          = { arn = "arn:aws:lambda:eu-west-1:111122223333:function:handler:live" }
}

override_resource {
  target          = module.handler.module.function.aws_lambda_function.function
  override_during = plan
  values = {
    arn     = "arn:aws:lambda:eu-west-1:111122223333:function:handler"
    version = "7"
  }
}

run "off_by_default" {
  command = plan

  assert {
    condition = (
      !module.handler.snap_start.publish
      && module.handler.snap_start.apply_on == null
      && module.handler.snap_start.alias_version == null
      && module.handler.alias_retries == null
    )
    error_message = "Without SnapStart no version may be published and there may be no alias."
  }

  assert {
    condition = (
      output.function_alias_name == null
      && module.rule.alias_permission == null
      && module.parked_count.alias_permission == null
    )
    error_message = "Without an alias there is nobody to let in to it."
  }

  assert {
    condition = (
      module.rule.target_arn == "arn:aws:lambda:eu-west-1:111122223333:function:handler"
      && module.parked_count.schedule.target_arn == "arn:aws:lambda:eu-west-1:111122223333:function:handler"
    )
    error_message = "Both rules must invoke the function itself."
  }

  assert {
    condition = (
      output.ask_now_arn == "arn:aws:lambda:eu-west-1:111122223333:function:handler"
      && output.ask_now_statement == {
        Sid      = "AskNow"
        Effect   = "Allow"
        Action   = ["lambda:InvokeFunction"]
        Resource = ["arn:aws:lambda:eu-west-1:111122223333:function:handler"]
      }
      && jsondecode(output.ask_now_policy) == { Version = "2012-10-17", Statement = [output.ask_now_statement] }
    )
    error_message = "An app that asks may invoke the function, this one alone, and do nothing else."
  }
}

run "both_rules_invoke_the_alias_of_the_published_version" {
  command = plan

  variables {
    lambda_snap_start_enabled = true
  }

  assert {
    condition = module.handler.snap_start == {
      publish       = true
      apply_on      = "PublishedVersions"
      alias_version = "7"
    }
    error_message = "The alias must lead to the version that is published, and that must have a snapshot."
  }

  assert {
    condition = (
      output.function_alias_name == "live"
      && module.rule.target_arn == "arn:aws:lambda:eu-west-1:111122223333:function:handler:live"
      && module.parked_count.schedule.target_arn == "arn:aws:lambda:eu-west-1:111122223333:function:handler:live"
    )
    error_message = "Both rules must invoke the alias."
  }

  assert {
    condition = (
      output.ask_now_arn == "arn:aws:lambda:eu-west-1:111122223333:function:handler:live"
      && output.ask_now_statement.Resource == [output.ask_now_arn]
      && jsondecode(output.ask_now_policy).Statement == [output.ask_now_statement]
    )
    error_message = "An app that asks must be let in to the alias, and to nothing else."
  }

  assert {
    condition = module.rule.alias_permission == {
      action        = "lambda:InvokeFunction"
      function_name = "bayon-stripe-subscription-handler-development"
      qualifier     = "live"
      principal     = "events.amazonaws.com"
      source_arn    = "arn:aws:events:eu-west-1:111122223333:rule/main/subscription-events"
    }
    error_message = "The rule must be permitted to invoke the alias."
  }

  assert {
    condition = module.parked_count.alias_permission == {
      action        = "lambda:InvokeFunction"
      function_name = "bayon-stripe-subscription-handler-development"
      qualifier     = "live"
      principal     = "events.amazonaws.com"
      source_arn    = "arn:aws:events:eu-west-1:111122223333:rule/parked-count"
    }
    error_message = "The hourly schedule must be permitted to invoke the alias."
  }
}

run "the_alias_has_the_functions_attempts_and_failure_queue" {
  command = plan

  variables {
    lambda_snap_start_enabled       = true
    async_maximum_event_age_seconds = 900
    async_maximum_retry_attempts    = 1
  }

  assert {
    condition = module.handler.alias_retries == {
      qualifier                 = "live"
      maximum_event_age_seconds = 900
      maximum_retry_attempts    = 1
      on_failure_arn            = "arn:aws:sqs:eu-west-1:111122223333:failure-queue"
    }
    error_message = "An event that fails on the alias must be retried, and then kept in the failure queue."
  }

  assert {
    condition = (
      module.handler.async_retries == { maximum_event_age_seconds = 900, maximum_retry_attempts = 1 }
      && module.handler.on_failure_destination_arn == "arn:aws:sqs:eu-west-1:111122223333:failure-queue"
      && module.rule.permission.source_arn == module.rule.alias_permission.source_arn
    )
    error_message = "What the function took before the alias was there must keep its attempts and its queue."
  }
}
