# Where the stack is, and its tags. All other variables are those of modules/pipeline; `make contract` writes their files here.

variable "aws_region" {
  description = "AWS region, the one chosen in Stripe's event destination; null takes it from the environment or the profile."
  type        = string
  default     = null

  validation {
    condition     = var.aws_region == null ? true : can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", var.aws_region))
    error_message = "aws_region must be a region's code, for example \"us-east-1\", or null."
  }
}

variable "aws_endpoint_url" {
  description = "URL of a local AWS; null, the default, means AWS itself (or AWS_ENDPOINT_URL of the environment)."
  type        = string
  default     = null

  validation {
    condition     = var.aws_endpoint_url == null ? true : can(regex("^https?://[^/ ]+/?$", var.aws_endpoint_url))
    error_message = "aws_endpoint_url must be a URL without a path, for example \"http://127.0.0.1:4566\", or null."
  }
}

variable "tags" {
  description = "Tags for every resource; `project` and `environment` are added."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.tags) : length(key) > 0 && !startswith(lower(key), "aws:")])
    error_message = "A tag's key may neither be empty nor begin with \"aws:\", which AWS keeps for itself."
  }

  validation {
    condition     = length(setintersection([for key in keys(var.tags) : lower(key)], ["environment", "project"])) == 0
    error_message = "The tags \"project\" and \"environment\" are set by this stack; choose other keys."
  }
}
