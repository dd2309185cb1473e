"""Whether the Terraform code is right by the AWS provider's version 6, of which only facts are at hand.

`reading` tells what our files say, `table` what the provider has (aws_6.json, made by `facts`), `checking`
holds one against the other.
"""
