# Saved queries of CloudWatch Logs Insights over the function's log; capitals stand for what one fills in.

locals {
  queries = {
    errors-by-type      = <<-EOT
      filter decision = "error"
      | stats count(*) as attempts, count_distinct(event_id) as events, latest(reason) as newest_reason by error_type
      | sort attempts desc
    EOT
    one-users-history   = <<-EOT
      filter user_id = "USER_ID"
      | fields @timestamp, event_type, decision, reason, old_status, new_status, subscription_id, event_id
      | sort @timestamp desc
      | limit 1000
    EOT
    slowest             = <<-EOT
      filter ispresent(duration_ms)
      | fields @timestamp, duration_ms, requests, stripe_requests, decision, reason, event_type, event_id
      | sort duration_ms desc
      | limit 50
    EOT
    parked              = <<-EOT
      filter reason = "parked"
      | fields @timestamp, event_type, subscription_id, event_id
      | sort @timestamp desc
      | limit 1000
    EOT
    decisions-by-reason = <<-EOT
      filter ispresent(decision) and decision != "error"
      | stats count(*) as events, pct(duration_ms, 99) as duration_ms_p99 by decision, reason
      | sort events desc
    EOT
  }
}

resource "aws_cloudwatch_query_definition" "log" {
  for_each = { for name, query in local.queries : name => query if var.create_saved_queries }

  name            = "${var.query_folder}/${each.key}"
  query_string    = trimspace(each.value)
  log_group_names = [var.log_group_name]
}
