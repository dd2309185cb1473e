# The settings of what a profile shows: each reaches the functions that make profiles, and what can't work is refused.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "every_setting_reaches_the_handler_and_the_drift_check" {
  command = plan

  variables {
    stripe_secret_parameter_name = "/bayon/stripe-key"

    access_renewal_grace_hours     = 0
    access_past_due_days           = 14
    access_while_collection_paused = false
    plan_product_ids               = ["prod_team", "prod_solo"]
    handled_product_ids            = ["prod_team", "prod_solo", "prod_seats"]
    required_metadata              = { app = "bayon" }
    profile_attributes             = { plan = "items.data[0].price.lookup_key" }
  }

  assert {
    condition = {
      for name, value in module.handler.environment_variables : name => value
      if can(regex("^(ACCESS_|PLAN_|HANDLED_|REQUIRED_|PROFILE_)", name))
      } == {
      ACCESS_RENEWAL_GRACE_HOURS     = "0"
      ACCESS_PAST_DUE_DAYS           = "14"
      ACCESS_WHILE_COLLECTION_PAUSED = "false"
      PLAN_PRODUCT_IDS               = "[\"prod_team\",\"prod_solo\"]"
      HANDLED_PRODUCT_IDS            = "[\"prod_seats\",\"prod_solo\",\"prod_team\"]"
      REQUIRED_METADATA              = "{\"app\":\"bayon\"}"
      PROFILE_ATTRIBUTES             = "{\"plan\":\"items.data[0].price.lookup_key\"}"
    }
    error_message = "Each setting must reach its own environment variable, the plans in their order."
  }

  assert {
    condition = alltrue([
      for name, value in module.handler.environment_variables :
      module.drift_check[0].environment_variables[name] == value
    ])
    error_message = "The drift check must compute views with the handler's settings."
  }
}

run "without_a_limit_there_is_no_variable_of_it" {
  command = plan

  assert {
    condition     = !contains(keys(module.handler.environment_variables), "ACCESS_PAST_DUE_DAYS")
    error_message = "ACCESS_PAST_DUE_DAYS must be left out where access_past_due_days is null."
  }
}

run "half_hours_and_twice_the_same_plan" {
  command = plan

  variables {
    access_renewal_grace_hours = 0.5
    access_past_due_days       = 0.5
    plan_product_ids           = ["prod_1", "prod_2", "prod_1"]
    handled_product_ids        = ["prod 1"]
    required_metadata          = { "app[id]" = "x" }
    profile_attributes         = { subscriptionStatus = "status" }
  }

  expect_failures = [
    var.access_renewal_grace_hours,
    var.access_past_due_days,
    var.plan_product_ids,
    var.handled_product_ids,
    var.required_metadata,
    var.profile_attributes,
  ]
}

run "an_empty_value_and_a_name_of_the_ledger" {
  command = plan

  variables {
    plan_product_ids   = ["prod_1 "]
    required_metadata  = { app = "" }
    profile_attributes = { stripeLedgerPlan = "status" }
  }

  expect_failures = [
    var.plan_product_ids,
    var.required_metadata,
    var.profile_attributes,
  ]
}

run "a_long_key_and_an_attribute_that_is_to_come" {
  command = plan

  variables {
    required_metadata  = { (format("%041d", 1)) = "x" }
    profile_attributes = { subscriptionAccessUntil = "current_period_end" }
  }

  expect_failures = [
    var.required_metadata,
    var.profile_attributes,
  ]
}

run "a_long_value_and_the_partition_key" {
  command = plan

  variables {
    required_metadata  = { app = format("%0501d", 1) }
    partition_key_name = "id"
    profile_attributes = { id = "id" }
  }

  expect_failures = [
    var.required_metadata,
    var.profile_attributes,
  ]
}

run "the_sort_key" {
  command = plan

  variables {
    profile_attributes = { SK = "id" }
  }

  expect_failures = [var.profile_attributes]
}

run "a_name_of_256_bytes" {
  command = plan

  variables {
    profile_attributes = { (format("%0254dé", 1)) = "id" }
  }

  expect_failures = [var.profile_attributes]
}

run "no_name" {
  command = plan

  variables {
    profile_attributes = { "" = "id" }
  }

  expect_failures = [var.profile_attributes]
}

run "fifty_one_attributes" {
  command = plan

  variables {
    profile_attributes = { for number in range(51) : "name${number}" => "id" }
  }

  expect_failures = [var.profile_attributes]
}

run "an_empty_expression" {
  command = plan

  variables {
    profile_attributes = { plan = " " }
  }

  expect_failures = [var.profile_attributes]
}

run "without_a_sort_key_its_name_is_free" {
  command = plan

  variables {
    sort_key_name      = null
    profile_attributes = { SK = "id" }
  }

  assert {
    condition     = module.handler.environment_variables["PROFILE_ATTRIBUTES"] == "{\"SK\":\"id\"}"
    error_message = "Where the table has no sort key, no attribute is one."
  }
}
