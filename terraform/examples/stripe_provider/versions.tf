terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }

    # 0.2.0 fails on an Amazon EventBridge destination (issue 21 of stripe/terraform-provider-stripe, closed since).
    # Pin the version you have tried.
    stripe = {
      source  = "stripe/stripe"
      version = "> 0.2.0"
    }
  }
}
