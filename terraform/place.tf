# Where a workspace's stack lives, and the guard that keeps it there.
#
# A state says what exists in one account and region. Read with the credentials of another (local AWS and a real account,
# a sandbox's account and production's, two regions), it finds nothing, and Terraform would offer to create everything
# anew, or on a destroy forget what exists. So the first apply writes the place into the state, and every later plan
# compares. With `-refresh=false` a destroy looks at nothing, this guard included.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

resource "terraform_data" "place" {
  input = local.place_now

  lifecycle {
    # The first place stays.
    ignore_changes = [input]

    postcondition {
      condition     = self.input == local.place_now
      error_message = <<-EOT
        The state of the workspace "${terraform.workspace}" is that of a stack in
        ${self.input}. Your credentials and region lead to
        ${local.place_now}.
        Nothing was changed. Select the other credentials (AWS_PROFILE,
        AWS_ENDPOINT_URL, AWS_REGION), or another workspace for this place:
        terraform workspace select -or-create NAME. If the old place is gone for
        good, have it forgotten: terraform state rm terraform_data.place
      EOT
    }
  }
}

locals {
  # `id` is the region's name in every version of the provider that is allowed.
  place_now = "account ${data.aws_caller_identity.current.account_id}, region ${data.aws_region.current.id}"

  # A destroy and a refresh only warn of a postcondition that fails; by this they end.
  is_in_place = terraform_data.place.input == local.place_now ? true : tobool("The state is that of ${terraform_data.place.input}; your credentials lead to ${local.place_now}.")

  # All names of the stack come by here, so that nothing is looked at before the place is the right one. But for the
  # profile table and the event source, which are named from outside: what reads them would wait for the first apply.
  environment = local.is_in_place ? terraform.workspace : null
}
