# The one test that needs a certain workspace, the one that the stack refuses:
#
#   TF_WORKSPACE=default terraform test -test-directory=tests/default_workspace

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  prefix              = "bayon"
  profile_table_name  = "BayonCoAgent-default"
  lambda_package_path = "./versions.tf" # Any file will do: no provider reads it.
}

run "the_stack_refuses_the_default_workspace" {
  command = plan

  expect_failures = [output.environment]
}

run "a_part_of_the_stack_is_refused_too" {
  command = plan

  plan_options {
    target = [module.pipeline.module.dead_letter_queues]
  }

  expect_failures = [output.environment]
}
