# The profile table, created or existing, and the sync table.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "creates_the_profile_table" {
  command = plan

  assert {
    condition = (
      output.profile_table_name == "BayonCoAgent-development"
      && module.tables.profile_table_arn == "arn:aws:dynamodb:eu-west-1:111122223333:table/profile-created"
      && output.sync_table_name == "bayon-stripe-sync-development"
      && module.tables.sync_table_arn == "arn:aws:dynamodb:eu-west-1:111122223333:table/sync"
    )
    error_message = "The profile table must be created, under the app's name, beside our sync table."
  }

  assert {
    condition     = !module.tables.deletion_protection_enabled
    error_message = "By default the stack must be destroyable."
  }
}

run "uses_the_apps_existing_table" {
  command = plan

  variables {
    create_profile_table = false
  }

  override_data {
    target = module.tables.data.aws_dynamodb_table.existing_profile
    values = {
      arn       = "arn:aws:dynamodb:eu-west-1:111122223333:table/profile-existing"
      hash_key  = "PK"
      range_key = "SK"
      attribute = [{ name = "PK", type = "S" }, { name = "SK", type = "S" }, { name = "score", type = "N" }]
    }
  }

  assert {
    condition = (
      module.tables.profile_table_arn == "arn:aws:dynamodb:eu-west-1:111122223333:table/profile-existing"
      && output.profile_table_name == "BayonCoAgent-development"
    )
    error_message = "The existing profile table must be used."
  }
}

# Inside the module, where the tables themselves can be seen.

run "tables_are_on_demand_backed_up_and_encrypted" {
  command = plan

  module {
    source = "../tables"
  }

  variables {
    create_profile_table        = true
    partition_key_name          = "PK"
    sort_key_name               = "SK"
    sync_table_name             = "sync"
    deletion_protection_enabled = true
  }

  assert {
    condition = (
      aws_dynamodb_table.profile[0].hash_key == "PK"
      && aws_dynamodb_table.profile[0].range_key == "SK"
      && { for key in aws_dynamodb_table.profile[0].attribute : key.name => key.type } == { PK = "S", SK = "S" }
    )
    error_message = "The profile table must have the configured keys, as strings."
  }

  assert {
    condition = (
      aws_dynamodb_table.sync.hash_key == "PK"
      && aws_dynamodb_table.sync.range_key == "SK"
      && { for key in aws_dynamodb_table.sync.attribute : key.name => key.type } == {
        PK = "S", SK = "S", waitingFor = "S", expiresAt = "N"
      }
      && aws_dynamodb_table.sync.ttl[0].attribute_name == "expiresAt"
      && aws_dynamodb_table.sync.ttl[0].enabled
    )
    error_message = "The sync table must have string keys PK and SK and let items go at expiresAt."
  }

  assert {
    condition = [
      for index in aws_dynamodb_table.sync.global_secondary_index :
      [index.name, index.hash_key, index.range_key, index.projection_type]
    ] == [["parked-by-expiry", "waitingFor", "expiresAt", "KEYS_ONLY"]]
    error_message = "Parked events must be found in the order in which they expire, and hold no payload there."
  }

  assert {
    condition     = length(aws_dynamodb_table.profile[0].ttl) == 0 || !try(aws_dynamodb_table.profile[0].ttl[0].enabled, false)
    error_message = "A profile never expires."
  }

  assert {
    condition = alltrue([
      for table in [aws_dynamodb_table.profile[0], aws_dynamodb_table.sync] : (
        table.billing_mode == "PAY_PER_REQUEST"
        && table.point_in_time_recovery[0].enabled
        && table.server_side_encryption[0].enabled
        && table.deletion_protection_enabled
      )
    ])
    error_message = "Both tables must be on demand, recoverable, encrypted and protected."
  }
}

run "a_table_without_sort_key_and_without_protection" {
  command = plan

  module {
    source = "../tables"
  }

  variables {
    create_profile_table        = true
    partition_key_name          = "userId"
    sort_key_name               = null
    sync_table_name             = "sync"
    deletion_protection_enabled = false
  }

  assert {
    condition = (
      aws_dynamodb_table.profile[0].hash_key == "userId"
      && aws_dynamodb_table.profile[0].range_key == null
      && [for key in aws_dynamodb_table.profile[0].attribute : key.name] == ["userId"]
      && !aws_dynamodb_table.profile[0].deletion_protection_enabled
      && !aws_dynamodb_table.sync.deletion_protection_enabled
    )
    error_message = "The profile table must have a partition key only."
  }
}

run "an_existing_table_with_other_keys_stops_the_plan" {
  command = plan

  module {
    source = "../tables"
  }

  variables {
    create_profile_table        = false
    partition_key_name          = "PK"
    sort_key_name               = null
    sync_table_name             = "sync"
    deletion_protection_enabled = false
  }

  override_data {
    target = data.aws_dynamodb_table.existing_profile
    values = {
      hash_key  = "PK"
      range_key = "SK"
      attribute = [{ name = "PK", type = "S" }, { name = "SK", type = "S" }]
    }
  }

  expect_failures = [data.aws_dynamodb_table.existing_profile]
}

run "an_existing_table_with_a_number_as_key_stops_the_plan" {
  command = plan

  module {
    source = "../tables"
  }

  variables {
    create_profile_table        = false
    partition_key_name          = "PK"
    sort_key_name               = null
    sync_table_name             = "sync"
    deletion_protection_enabled = false
  }

  override_data {
    target = data.aws_dynamodb_table.existing_profile
    values = {
      hash_key  = "PK"
      range_key = ""
      attribute = [{ name = "PK", type = "N" }]
    }
  }

  expect_failures = [data.aws_dynamodb_table.existing_profile]
}

run "the_profile_events_switch_the_stream_on" {
  command = plan

  module {
    source = "../tables"
  }

  variables {
    create_profile_table        = true
    partition_key_name          = "PK"
    sort_key_name               = "SK"
    sync_table_name             = "sync"
    deletion_protection_enabled = false
    needs_stream                = true
  }

  assert {
    condition = (
      aws_dynamodb_table.profile[0].stream_enabled
      && aws_dynamodb_table.profile[0].stream_view_type == "NEW_AND_OLD_IMAGES"
      && !coalesce(aws_dynamodb_table.sync.stream_enabled, false)
    )
    error_message = "The profile table's stream must show both sides of a change; the sync table has none."
  }
}

run "an_existing_table_without_a_stream_stops_the_plan_of_the_profile_events" {
  command = plan

  module {
    source = "../tables"
  }

  variables {
    create_profile_table        = false
    partition_key_name          = "PK"
    sort_key_name               = "SK"
    sync_table_name             = "sync"
    deletion_protection_enabled = false
    needs_stream                = true
  }

  override_data {
    target = data.aws_dynamodb_table.existing_profile
    values = {
      hash_key         = "PK"
      range_key        = "SK"
      attribute        = [{ name = "PK", type = "S" }, { name = "SK", type = "S" }]
      stream_enabled   = false
      stream_view_type = ""
    }
  }

  expect_failures = [data.aws_dynamodb_table.existing_profile]
}

run "a_stream_that_does_not_show_both_sides_stops_the_plan" {
  command = plan

  module {
    source = "../tables"
  }

  variables {
    create_profile_table        = false
    partition_key_name          = "PK"
    sort_key_name               = "SK"
    sync_table_name             = "sync"
    deletion_protection_enabled = false
    needs_stream                = true
  }

  override_data {
    target = data.aws_dynamodb_table.existing_profile
    values = {
      hash_key         = "PK"
      range_key        = "SK"
      attribute        = [{ name = "PK", type = "S" }, { name = "SK", type = "S" }]
      stream_enabled   = true
      stream_view_type = "NEW_IMAGE"
    }
  }

  expect_failures = [data.aws_dynamodb_table.existing_profile]
}

run "an_existing_table_with_the_right_stream_is_taken" {
  command = plan

  module {
    source = "../tables"
  }

  variables {
    create_profile_table        = false
    partition_key_name          = "PK"
    sort_key_name               = "SK"
    sync_table_name             = "sync"
    deletion_protection_enabled = false
    needs_stream                = true
  }

  override_data {
    target = data.aws_dynamodb_table.existing_profile
    values = {
      hash_key         = "PK"
      range_key        = "SK"
      attribute        = [{ name = "PK", type = "S" }, { name = "SK", type = "S" }]
      stream_enabled   = true
      stream_view_type = "NEW_AND_OLD_IMAGES"
      stream_arn       = "arn:aws:dynamodb:eu-west-1:111122223333:table/theirs/stream/1"
    }
  }

  assert {
    condition     = output.profile_stream_arn == "arn:aws:dynamodb:eu-west-1:111122223333:table/theirs/stream/1"
    error_message = "The app's own stream must be the one that is read."
  }
}
