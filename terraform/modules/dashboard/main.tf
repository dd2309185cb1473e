# What one looks at: a dashboard that shows the pipeline from left to right, and saved queries of the function's log.

locals {
  # The function's region: a widget wants one, and provider 5 and 6 call the data source's attribute differently.
  region = split(":", var.function_arn)[3]

  rule     = ["EventBusName", var.event_bus_name, "RuleName", var.rule_name]
  function = ["FunctionName", var.function_name]

  # In reading order. Each metric is [namespace, name, dimension, value, ..., {what differs from the widget's}].
  graphs = concat(local.pipeline_graphs, local.profile_events_graphs)

  pipeline_graphs = [
    {
      title   = "1 Events matched"
      stat    = "Sum"
      metrics = [concat(["AWS/Events", "MatchedEvents"], local.rule, [{ label = "matched" }])]
    },
    {
      title = "2 Invocations"
      stat  = "Sum"
      metrics = [
        concat(["AWS/Lambda", "Invocations"], local.function, [{ label = "invocations" }]),
        concat(["AWS/Lambda", "Throttles"], local.function, [{ label = "throttled" }]),
      ]
    },
    {
      title = "3 Decisions"
      stat  = "Sum"
      metrics = [
        for decision in ["write", "skip", "error"] :
        [var.metrics.events_decided.namespace, var.metrics.events_decided.name, "Decision", decision, { label = decision }]
      ]
    },
    {
      title = "4 Duration of a write, ms"
      stat  = "p50"
      metrics = [
        [var.metrics.write_duration.namespace, var.metrics.write_duration.name, { label = "half" }],
        [var.metrics.write_duration.namespace, var.metrics.write_duration.name, { stat = "p99", label = "99 of 100" }],
        [var.metrics.write_duration.namespace, var.metrics.write_duration.name, { stat = "Maximum", label = "longest" }],
      ]
    },
    {
      title = "5 Failures"
      stat  = "Sum"
      metrics = concat(
        [
          concat(["AWS/Events", "FailedInvocations"], local.rule, [{ label = "not handed over" }]),
          concat(["AWS/Lambda", "Errors"], local.function, [{ label = "attempts that failed" }]),
          concat(["AWS/Lambda", "AsyncEventsDropped"], local.function, [{ label = "given up" }]),
        ],
        [[{
          # Every type of error that occurs has a metric of its own; a search finds them all. A namespace of
          # other characters than letters and digits wants quotation marks (CloudWatch's search syntax).
          expression = "SEARCH('{\"${var.metrics.event_errors.namespace}\",ErrorType} MetricName=\"${var.metrics.event_errors.name}\"', 'Sum')"
          label      = ""
          id         = "errors"
        }]],
      )
    },
    {
      title = "6 Dead letters"
      stat  = "Maximum"
      metrics = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.delivery_queue_name, { label = "delivery" }],
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.failure_queue_name, { label = "failure" }],
      ]
    },
    {
      title = "7 Age of the oldest dead letter, s"
      stat  = "Maximum"
      metrics = [
        [var.metrics.delivery_queue_age.namespace, var.metrics.delivery_queue_age.name, { label = "delivery" }],
        [var.metrics.failure_queue_age.namespace, var.metrics.failure_queue_age.name, { label = "failure" }],
      ]
    },
    {
      title = "8 Parked"
      stat  = "Maximum"
      metrics = [
        [var.metrics.parked.namespace, var.metrics.parked.name, { label = "waiting" }],
        [var.metrics.parked_expiring.namespace, var.metrics.parked_expiring.name, { label = "expire within 7 days" }],
        [var.metrics.events_parked.namespace, var.metrics.events_parked.name, { stat = "Sum", label = "newly parked" }],
        [var.metrics.events_drained.namespace, var.metrics.events_drained.name, { stat = "Sum", label = "applied" }],
      ]
    },
  ]

  profile_events_graphs = [
    for graph in [
      {
        title = "9 Age of what is told, ms"
        metrics = [
          ["AWS/Lambda", "IteratorAge", "FunctionName", try(var.profile_events.function_name, ""), { label = "oldest" }],
        ]
      },
      {
        title = "10 Changes not told"
        metrics = [
          ["AWS/Lambda", "Errors", "FunctionName", try(var.profile_events.function_name, ""), { stat = "Sum", label = "attempts that failed" }],
          ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", try(var.profile_events.failure_queue_name, ""), { label = "given up" }],
        ]
      },
    ] : merge(graph, { stat = "Maximum" }) if var.profile_events != null
  ]

  # 24 columns wide: the alarms above, then two rows of four graphs, and a third one where there are profile events.
  alarm_height = 4
  graph_width  = 6
  graph_height = 6

  widgets = concat(
    [{
      type       = "alarm"
      x          = 0
      y          = 0
      width      = 24
      height     = local.alarm_height
      properties = { title = "Alarms (docs/runbook.md says what to do)", alarms = var.alarm_arns }
    }],
    [
      for number, graph in local.graphs : {
        type   = "metric"
        x      = number % 4 * local.graph_width
        y      = local.alarm_height + floor(number / 4) * local.graph_height
        width  = local.graph_width
        height = local.graph_height
        properties = {
          title   = graph.title
          metrics = graph.metrics
          stat    = graph.stat
          period  = 300
          region  = local.region
          view    = "timeSeries"
          yAxis   = { left = { min = 0 } }
        }
      }
    ],
  )
}

resource "aws_cloudwatch_dashboard" "pipeline" {
  dashboard_name = var.name
  dashboard_body = jsonencode({ widgets = local.widgets })
}
