terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # What the tests ran. The modules take 6.x too, which was only checked against its schema: write
      # ">= 5.100, < 7" here to apply with it, for larger queues or python3.14.
      version = "~> 5.100"
    }
  }
}
