# The stack's own root: where modules/pipeline is applied to, in which workspace, and the state of which place. The module's
# call is in pipeline.tf.
#
# Teams with a root of their own call the module from there (examples/your_own_root).

provider "aws" {
  region = var.aws_region

  # Not local.environment (place.tf): that waits for the provider, which is asked whose the credentials are.
  default_tags {
    tags = merge(var.tags, {
      project     = "stripe-subscription-handler"
      environment = terraform.workspace
    })
  }

  # Local AWS from a tfvars file. With AWS_ENDPOINT_URL in the environment this is not needed.
  dynamic "endpoints" {
    for_each = var.aws_endpoint_url == null ? [] : [var.aws_endpoint_url]

    content {
      cloudformation = endpoints.value
      cloudwatch     = endpoints.value
      dynamodb       = endpoints.value
      events         = endpoints.value
      iam            = endpoints.value
      lambda         = endpoints.value
      logs           = endpoints.value
      scheduler      = endpoints.value
      sns            = endpoints.value
      sqs            = endpoints.value
      sts            = endpoints.value
    }
  }
}
