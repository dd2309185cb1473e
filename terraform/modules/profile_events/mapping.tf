# From the profile table's stream to the function.

locals {
  # Only profiles: another item's record costs no invocation. A template says how a key begins, or all of it.
  key_templates = {
    for name, template in {
      partition = { name = var.partition_key_name, value = var.partition_key_template }
      sort      = { name = var.sort_key_name, value = var.sort_key_template }
    } : template.name => split("{userId}", template.value) if template.name != null
  }
  filtered_keys = merge(
    { for name, parts in local.key_templates : name => { S = [{ prefix = parts[0] }] } if length(parts) > 1 && parts[0] != "" },
    { for name, parts in local.key_templates : name => { S = parts } if length(parts) == 1 },
  )
  filter_patterns = length(local.filtered_keys) == 0 ? [] : [jsonencode({ dynamodb = { Keys = local.filtered_keys } })]
}

resource "aws_lambda_event_source_mapping" "profiles" {
  event_source_arn = var.stream_arn
  function_name    = module.function.arn

  # From the oldest record that the stream still has: from LATEST on, what is written while the mapping is being made
  # would be lost. A record that was told before has the same id again.
  starting_position = "TRIM_HORIZON"

  batch_size                         = var.batch_size
  maximum_batching_window_in_seconds = var.batching_window_seconds
  parallelization_factor             = var.parallelization_factor

  # The function says from which record on it wants the batch again, and sets aside what it can never tell. The rest is
  # for a function that dies: the batch is split until the record that kills it is alone.
  function_response_types        = ["ReportBatchItemFailures"]
  bisect_batch_on_function_error = true
  maximum_retry_attempts         = var.maximum_retry_attempts
  maximum_record_age_in_seconds  = var.maximum_record_age_seconds

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.failures.arn
    }
  }

  dynamic "filter_criteria" {
    for_each = length(local.filter_patterns) == 0 ? [] : [local.filter_patterns]

    content {
      dynamic "filter" {
        for_each = filter_criteria.value

        content {
          pattern = filter.value
        }
      }
    }
  }
}
