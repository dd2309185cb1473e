# What is encrypted with what: AWS's own keys by default, one customer-managed key where it is given.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "aws_own_keys_by_default" {
  command = plan

  assert {
    condition = alltrue([
      for queue in values(module.dead_letter_queues.encryption) : queue.sqs_managed && queue.kms_key_arn == null
    ])
    error_message = "Both queues must be encrypted by SQS's own keys."
  }

  assert {
    condition = (
      module.alarms.topic_kms_key_arn == null
      && module.handler.settings.log_group_kms_key_arn == null
      && module.handler.settings.kms_key_arn == null
    )
    error_message = "Without a key nothing may name one."
  }
}

run "one_key_for_everything" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition = alltrue([
      for queue in values(module.dead_letter_queues.encryption) :
      queue.kms_key_arn == "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    ])
    error_message = "Both queues must be encrypted with the key."
  }

  assert {
    condition = alltrue([
      for key in [
        module.alarms.topic_kms_key_arn,
        module.handler.settings.log_group_kms_key_arn,
        module.handler.settings.kms_key_arn,
      ] : key == "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    ])
    error_message = "Topic, logs and environment must be encrypted with the key."
  }
}

# Inside the modules, where the resources themselves can be seen.

run "both_tables_are_encrypted_with_the_key" {
  command = plan

  module {
    source = "../tables"
  }

  variables {
    create_profile_table        = true
    profile_table_name          = "profiles"
    partition_key_name          = "PK"
    sync_table_name             = "sync"
    deletion_protection_enabled = false
    kms_key_arn                 = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition = alltrue([
      for table in [aws_dynamodb_table.profile[0], aws_dynamodb_table.sync] : (
        table.server_side_encryption[0].enabled
        && table.server_side_encryption[0].kms_key_arn == "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
      )
    ])
    error_message = "Both tables must be encrypted with the key."
  }
}

run "aliases_are_refused" {
  command = plan

  variables {
    create_profile_table      = false
    kms_key_arn               = "arn:aws:kms:eu-west-1:111122223333:alias/stripe"
    profile_table_kms_key_arn = "alias/app"
  }

  expect_failures = [var.kms_key_arn, var.profile_table_kms_key_arn]
}

run "a_table_created_here_takes_the_one_key" {
  command = plan

  variables {
    create_profile_table      = true
    profile_table_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/the-apps"
  }

  expect_failures = [var.profile_table_kms_key_arn]
}
