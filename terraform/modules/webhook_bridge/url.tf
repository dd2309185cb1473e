# The URL, and who may call it: everyone. Stripe cannot sign requests the way IAM wants them, so the function checks
# Stripe's own signature, and does nothing for a request without a good one.

resource "aws_lambda_function_url" "webhook" {
  #checkov:skip=CKV_AWS_258:Stripe can't sign as IAM wants it. The function checks Stripe's own signature of every request.
  function_name      = module.function.name
  authorization_type = "NONE"
}

# AWS wants two permissions for a URL since October 2025: lambda:InvokeFunctionUrl, which the provider adds with the
# URL above, and lambda:InvokeFunction for calls that come through the URL. The second one's condition has no
# argument in aws_lambda_permission of provider 5.100, and without it anyone could invoke the function past its URL.
# CloudFormation knows it. (A newer provider adds this permission with the URL too. Both say the same.)
resource "aws_cloudformation_stack" "invoke_through_url" {
  #checkov:skip=CKV_AWS_124:It holds one permission, which Terraform makes and removes. There is no progress to be told of.
  name = var.name

  template_body = jsonencode({
    Description = "Lets anyone invoke ${var.name}, through its URL only."
    Resources = {
      InvokeThroughUrl = {
        Type = "AWS::Lambda::Permission"
        Properties = {
          FunctionName          = module.function.name
          Action                = "lambda:InvokeFunction"
          Principal             = "*"
          InvokedViaFunctionUrl = true
        }
      }
    }
  })
}
