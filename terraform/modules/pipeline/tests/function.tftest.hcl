# What every function of the stack is made of, seen where the resources themselves can be seen.

mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  name                  = "handler"
  description           = "A function."
  entry_point           = "stripe_subscription_handler.app.lambda_handler"
  memory_mb             = 512
  timeout_seconds       = 30
  environment_variables = {}
  statements            = []
}

run "function_from_a_local_zip" {
  command = plan

  module {
    source = "../function"
  }

  variables {
    settings = {
      package_path       = "./versions.tf"
      runtime            = "python3.13"
      architecture       = "arm64"
      log_retention_days = 14
    }
    xray_tracing_enabled = true
  }

  override_resource {
    target          = aws_iam_role.execution
    override_during = plan
    values          = { arn = "arn:aws:iam::111122223333:role/handler" }
  }

  override_resource {
    target          = aws_cloudwatch_log_group.function
    override_during = plan
    values          = { arn = "arn:aws:logs:eu-west-1:111122223333:log-group:handler" }
  }

  assert {
    condition = (
      aws_lambda_function.function.filename == "./versions.tf"
      && aws_lambda_function.function.source_code_hash == filebase64sha256("./versions.tf")
      && aws_lambda_function.function.s3_bucket == null
      && aws_lambda_function.function.s3_key == null
    )
    error_message = "A local zip must be deployed with its hash, so that a changed zip is a changed function."
  }

  assert {
    condition = (
      aws_lambda_function.function.handler == "stripe_subscription_handler.app.lambda_handler"
      && aws_lambda_function.function.runtime == "python3.13"
      && aws_lambda_function.function.architectures == tolist(["arm64"])
      && aws_lambda_function.function.memory_size == 512
      && aws_lambda_function.function.timeout == 30
      && aws_lambda_function.function.role == "arn:aws:iam::111122223333:role/handler"
    )
    error_message = "The function must run the handler with the given settings and its own role."
  }

  assert {
    condition     = aws_iam_role_policy.execution.policy == output.role.policy
    error_message = "What the module tells of the role must be what the role is given."
  }

  assert {
    condition     = aws_lambda_function.function.reserved_concurrent_executions == -1
    error_message = "Null must reserve no concurrency."
  }

  assert {
    condition = (
      aws_cloudwatch_log_group.function.name == "/aws/lambda/handler"
      && aws_cloudwatch_log_group.function.retention_in_days == 14
      && aws_lambda_function.function.logging_config[0].log_group == "/aws/lambda/handler"
      && aws_lambda_function.function.logging_config[0].log_format == "Text"
    )
    error_message = "The function must log into its own group, which has a retention, and leave its JSON lines alone."
  }

  assert {
    condition     = aws_lambda_function.function.tracing_config[0].mode == "Active"
    error_message = "X-Ray must be on."
  }

  assert {
    condition     = aws_iam_role_policy.execution.role == aws_iam_role.execution.name
    error_message = "The policy must belong to the function's role."
  }
}

run "function_from_s3" {
  command = plan

  module {
    source = "../function"
  }

  variables {
    settings = {
      package_s3         = { bucket = "artifacts", key = "handler.zip", object_version = "v7" }
      runtime            = "python3.13"
      architecture       = "x86_64"
      log_retention_days = 14
    }
    reserved_concurrent_executions = 0
    xray_tracing_enabled           = false
  }

  override_resource {
    target          = aws_iam_role.execution
    override_during = plan
    values          = { arn = "arn:aws:iam::111122223333:role/handler" }
  }

  override_resource {
    target          = aws_cloudwatch_log_group.function
    override_during = plan
    values          = { arn = "arn:aws:logs:eu-west-1:111122223333:log-group:handler" }
  }

  assert {
    condition = (
      aws_lambda_function.function.s3_bucket == "artifacts"
      && aws_lambda_function.function.s3_key == "handler.zip"
      && aws_lambda_function.function.s3_object_version == "v7"
      && aws_lambda_function.function.filename == null
    )
    error_message = "The zip must come from S3."
  }

  assert {
    condition     = aws_lambda_function.function.reserved_concurrent_executions == 0
    error_message = "0 must stop the function, not mean none reserved."
  }

  assert {
    condition = (
      aws_lambda_function.function.tracing_config[0].mode == "PassThrough"
      && aws_lambda_function.function.architectures == tolist(["x86_64"])
    )
    error_message = "Tracing and architecture must follow their variables."
  }
}

run "what_cannot_work_is_refused" {
  command = plan

  module {
    source = "../function"
  }

  variables {
    name     = "a-name-of-more-than-64-characters-which-aws-takes-for-no-role-at-all"
    settings = { runtime = "python3.12", architecture = "arm64", log_retention_days = 14 }
    secret = {
      label              = "Stripe"
      arn                = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf"
      arn_variable       = "STRIPE_SECRET_ARN"
      parameter_name     = "/bayon/stripe-key"
      parameter_variable = "STRIPE_SECRET_PARAMETER"
    }
  }

  expect_failures = [var.name, var.settings, var.secret]
}

# In JSON {"SETTING":""} has 14 bytes, a quotation mark two, and é two.

run "an_environment_of_4096_bytes" {
  command = plan

  module {
    source = "../function"
  }

  variables {
    settings              = { package_path = "./versions.tf", runtime = "python3.13", architecture = "arm64", log_retention_days = 14 }
    environment_variables = { SETTING = join("", [for number in range(1020) : "\"é"], ["xx"]) }
  }

  assert {
    condition     = length(output.environment_variables["SETTING"]) == 2042
    error_message = "What Lambda takes must be given to it."
  }
}

run "an_environment_of_4097_bytes" {
  command = plan

  module {
    source = "../function"
  }

  variables {
    settings              = { package_path = "./versions.tf", runtime = "python3.13", architecture = "arm64", log_retention_days = 14 }
    environment_variables = { SETTING = join("", [for number in range(1020) : "\"é"], ["xxx"]) }
  }

  expect_failures = [aws_lambda_function.function]
}
