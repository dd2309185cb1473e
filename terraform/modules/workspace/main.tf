# One workspace is one environment: the workspace's name is the environment's name, and it ends the name
# of every resource. This module only judges that name; it creates nothing.

locals {
  pattern = "^[a-z][a-z0-9-]{1,20}$"

  # The tightest name is the archive's: at most 48 characters for "<prefix>-stripe-events-<workspace>".
  combined_length_limit = 48 - length("-stripe-events-")

  problems = compact([
    var.workspace == "default" ? join(" ", [
      "The workspace \"default\" names no environment, so nothing is deployed into it.",
      "Select one first, for example: terraform workspace select -or-create development",
    ]) : "",

    var.workspace != "default" && !can(regex(local.pattern, var.workspace)) ? join(" ", [
      "The workspace \"${var.workspace}\" can't end a resource name: use 2 to 21 lower-case letters, digits",
      "and hyphens, beginning with a letter, for example \"development\" or \"pr-17\".",
    ]) : "",

    length(var.prefix) + length(var.workspace) > local.combined_length_limit ? join(" ", [
      "The prefix \"${var.prefix}\" and the workspace \"${var.workspace}\" have",
      "${length(var.prefix) + length(var.workspace)} characters together; an EventBridge archive's name",
      "leaves room for ${local.combined_length_limit}. Shorten one of them.",
    ]) : "",
  ])
}
