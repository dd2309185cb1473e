# The state belongs to one account and region: with other credentials no plan says "51 to add".

mock_provider "aws" {
  source = "./tests/mocks"
}

run "the_first_apply_remembers_the_place" {
  plan_options {
    target = [terraform_data.place]
  }

  assert {
    condition     = terraform_data.place.output == "account 111122223333, region eu-west-1"
    error_message = "The place must be kept in the state."
  }
}

run "the_same_place_is_taken_again" {
  command = plan

  assert {
    condition     = terraform_data.place.output == "account 111122223333, region eu-west-1"
    error_message = "The same account and region must be let pass."
  }
}

run "another_account_is_refused" {
  command = plan

  override_data {
    target = data.aws_caller_identity.current
    values = { account_id = "000000000000" }
  }

  expect_failures = [terraform_data.place]
}

run "another_region_is_refused" {
  command = plan

  override_data {
    target = data.aws_region.current
    values = { id = "us-east-1" }
  }

  expect_failures = [terraform_data.place]
}
