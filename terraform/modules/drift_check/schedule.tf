# What has the function go on. It never invokes itself: Lambda stops such a loop after about 16 rounds.

locals {
  function_arn_parts = split(":", module.function.arn)
  partition          = local.function_arn_parts[1]
  region             = local.function_arn_parts[3]
  account            = local.function_arn_parts[4]
}

resource "aws_scheduler_schedule" "slices" {
  #checkov:skip=CKV_AWS_297:What EventBridge Scheduler keeps here is a function's ARN and a constant; it encrypts them with a key of its own.
  name        = var.name
  description = "Has the drift check go on with its pass, or begin the next one."
  group_name  = "default"

  schedule_expression = var.schedule_minutes == 1 ? "rate(1 minute)" : "rate(${var.schedule_minutes} minutes)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = module.function.arn
    role_arn = aws_iam_role.schedule.arn

    # stripe_subscription_handler.drift_check.request.REQUEST.
    input = jsonencode({ "stripe-subscription-handler" = "check-drift" })

    # No dead-letter queue, on purpose: what could not be handed over is made up for by the next slice, and the
    # alarm drift_check_unfinished tells when none comes.
    retry_policy {
      maximum_event_age_in_seconds = 300
      maximum_retry_attempts       = 2
    }
  }

  # The first slice may come at once.
  depends_on = [aws_iam_role_policy.schedule, aws_lambda_function_event_invoke_config.slices]
}

resource "aws_iam_role" "schedule" {
  name        = "${var.name}-schedule"
  description = "Role in which EventBridge Scheduler invokes ${var.name}."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlySchedulesOfThisAccount"
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      # The group, because Scheduler tells no more of who is asking.
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = local.account
          "aws:SourceArn"     = "arn:${local.partition}:scheduler:${local.region}:${local.account}:schedule-group/default"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "schedule" {
  name = "least-privilege"
  role = aws_iam_role.schedule.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "InvokeDriftCheck"
      Effect   = "Allow"
      Action   = ["lambda:InvokeFunction"]
      Resource = [module.function.arn]
    }]
  })
}
