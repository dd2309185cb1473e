variable "name" {
  description = "Name of the dashboard."
  type        = string
  nullable    = false
}

variable "query_folder" {
  description = "Folder of the saved queries: the part of their names before the slash."
  type        = string
  nullable    = false
}

variable "create_saved_queries" {
  description = "Save the queries; LocalStack can't."
  type        = bool
  nullable    = false
}

variable "event_bus_name" {
  description = "Name of the bus the rule reads."
  type        = string
  nullable    = false
}

variable "rule_name" {
  description = "Name of the rule that invokes the function."
  type        = string
  nullable    = false
}

variable "function_name" {
  description = "Name of the function."
  type        = string
  nullable    = false
}

variable "function_arn" {
  description = "ARN of the function; names the region."
  type        = string
  nullable    = false
}

variable "log_group_name" {
  description = "Name of the function's log group."
  type        = string
  nullable    = false
}

variable "delivery_queue_name" {
  description = "Name of the delivery dead-letter queue."
  type        = string
  nullable    = false
}

variable "failure_queue_name" {
  description = "Name of the failure queue."
  type        = string
  nullable    = false
}

variable "metrics" {
  description = "The handler's own metrics."
  type = object({
    events_decided     = object({ namespace = string, name = string })
    event_errors       = object({ namespace = string, name = string })
    write_duration     = object({ namespace = string, name = string })
    events_parked      = object({ namespace = string, name = string })
    events_drained     = object({ namespace = string, name = string })
    parked             = object({ namespace = string, name = string })
    parked_expiring    = object({ namespace = string, name = string })
    delivery_queue_age = object({ namespace = string, name = string })
    failure_queue_age  = object({ namespace = string, name = string })
  })
  nullable = false
}

variable "profile_events" {
  description = "The profile events: their function, and the queue of changes that could not be told; null if there are none."
  type = object({
    function_name      = string
    failure_queue_name = string
  })
  default = null
}

variable "alarm_arns" {
  description = "ARNs of the alarms whose states are shown."
  type        = list(string)
  nullable    = false
}
