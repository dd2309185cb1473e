# The module in a root of somebody else's: two stacks side by side, with the workspace `development` nowhere.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "two_environments_side_by_side" {
  command = plan

  module {
    source = "./examples/your_own_root"
  }

  assert {
    condition = { for environment, stack in output.stripe : environment => [stack.environment, stack.function_name, stack.profile_table_name] } == {
      production = ["production", "bayon-stripe-subscription-handler-production", "bayon-profiles-production"]
      staging    = ["staging", "bayon-stripe-subscription-handler-staging", "bayon-profiles-staging"]
    }
    error_message = "Each environment must have a stack of its own, named by it."
  }
}
