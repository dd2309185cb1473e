output "metrics" {
  description = "The metrics, by what they count."
  value = {
    for key, filter in aws_cloudwatch_log_metric_filter.handler : key => {
      namespace = one(filter.metric_transformation[*].namespace)
      name      = one(filter.metric_transformation[*].name)
    }
  }
}
