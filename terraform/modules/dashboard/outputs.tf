output "name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.pipeline.dashboard_name
}

output "body" {
  description = "The dashboard, as JSON."
  value       = aws_cloudwatch_dashboard.pipeline.dashboard_body
}

output "queries" {
  description = "The saved queries, by their names."
  value = {
    for query in aws_cloudwatch_query_definition.log : query.name => {
      log_group_names = query.log_group_names
      query_string    = query.query_string
    }
  }
}
