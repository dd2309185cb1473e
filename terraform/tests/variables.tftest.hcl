# The rules of the root's own variables. Those of all others are proved in modules/pipeline/tests.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "no_region_no_url_and_no_key" {
  command = plan

  variables {
    aws_region       = "Europe"
    aws_endpoint_url = "127.0.0.1:4566"
    tags             = { "" = "x" }
  }

  expect_failures = [var.aws_region, var.aws_endpoint_url, var.tags]
}

run "a_tag_that_aws_keeps_for_itself" {
  command = plan

  variables {
    tags = { "aws:x" = "y" }
  }

  expect_failures = [var.tags]
}

run "a_tag_that_the_stack_sets" {
  command = plan

  variables {
    tags = { Environment = "x" }
  }

  expect_failures = [var.tags]
}
