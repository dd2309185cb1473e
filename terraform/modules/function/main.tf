# What every Lambda function of the stack has: the function and its log group here, its role in role.tf.

locals {
  environment_variables = merge(
    var.environment_variables,
    try(var.secret.arn, null) == null ? {} : { (var.secret.arn_variable) = var.secret.arn },
    try(var.secret.parameter_name, null) == null ? {} : { (var.secret.parameter_variable) = var.secret.parameter_name },
  )

  # Lambda measures the whole as JSON, in bytes: a quotation mark inside a value counts twice.
  environment_bytes_limit = 4096
  environment_base64      = base64encode(jsonencode(local.environment_variables))
  environment_bytes = (
    length(local.environment_base64) / 4 * 3 - length(regexall("=", local.environment_base64))
  )
  # Those whose length is worth a look, should it be too much.
  longest_environment_variables = [
    for name, value in local.environment_variables : "${name} (${length(jsonencode(value))})" if length(value) > 100
  ]
}

# Made before the function: a function that runs first makes its own group, without a retention.
resource "aws_cloudwatch_log_group" "function" {
  #checkov:skip=CKV_AWS_158:Optional, kms_key_arn. Without it CloudWatch Logs encrypts with a key of its own; the lines hold ids, decisions and counts.
  #checkov:skip=CKV_AWS_338:Kept for log_retention_days, which you choose: the ids of users in these lines should not stay longer than you need them.
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.settings.log_retention_days
  kms_key_id        = var.settings.kms_key_arn
}

resource "aws_lambda_function" "function" {
  #checkov:skip=CKV_AWS_115:Optional, reserved_concurrent_executions. To reserve some takes it from the account's other functions, and a new account has none to spare.
  #checkov:skip=CKV_AWS_116:Each caller keeps what failed or sends it again: the handler has an on-failure destination, the drift check its next slice, the webhook bridge Stripe's next attempt, the profile events the mapping's queue.
  #checkov:skip=CKV_AWS_117:It calls public APIs of AWS and Stripe over TLS, and nothing in a VPC; inside one it would need NAT to reach Stripe.
  #checkov:skip=CKV_AWS_272:A signing profile belongs to whoever builds the zip. The zip is reproducible, and a changed hash is a change in the plan.
  function_name = var.name
  description   = var.description
  role          = aws_iam_role.execution.arn
  handler       = var.entry_point
  runtime       = var.settings.runtime
  architectures = [var.settings.architecture]
  memory_size   = var.memory_mb
  timeout       = var.timeout_seconds

  filename          = var.settings.package_path
  source_code_hash  = var.settings.package_path == null ? null : filebase64sha256(var.settings.package_path)
  s3_bucket         = try(var.settings.package_s3.bucket, null)
  s3_key            = try(var.settings.package_s3.key, null)
  s3_object_version = try(var.settings.package_s3.object_version, null)

  # -1 is Lambda's word for "none reserved".
  reserved_concurrent_executions = coalesce(var.reserved_concurrent_executions, -1)

  # Names of tables and of the secret, nothing secret. With a key of your own, Lambda decrypts them by a grant
  # that whoever applies this gives it: the role needs nothing for it.
  kms_key_arn = var.settings.kms_key_arn

  environment {
    variables = local.environment_variables
  }

  # Text, not JSON: the functions write one JSON object a line themselves. JSON here would filter these lines a
  # second time, by Lambda's own level instead of LOG_LEVEL.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.function.name
  }

  tracing_config {
    mode = var.xray_tracing_enabled ? "Active" : "PassThrough"
  }

  # A version for each change of code or settings; Lambda takes the snapshot as it publishes one.
  publish = var.snap_start_enabled

  dynamic "snap_start" {
    for_each = var.snap_start_enabled ? [true] : []

    content {
      apply_on = "PublishedVersions"
    }
  }

  # Whoever invokes the function, or gives it a destination, may rely on what its role allows.
  depends_on = [aws_iam_role_policy.execution]

  lifecycle {
    precondition {
      condition     = local.environment_bytes <= local.environment_bytes_limit
      error_message = <<-EOT
        Lambda takes ${local.environment_bytes_limit} bytes of environment; it would be ${local.environment_bytes} for
        ${var.name}.
        The longest settings, with their characters:
        ${join(", ", local.longest_environment_variables)}.
        Shorten the Terraform variables of the same names in lower case.
      EOT
    }
  }
}
