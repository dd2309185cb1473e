variable "name" {
  description = "Name of the function and of its role (at most 64 characters)."
  type        = string
  nullable    = false
}

variable "function_settings" {
  description = "What the functions of the stack have in common: zip, runtime, instruction set, days of logs, KMS key. [function](../function) says more."
  type = object({
    package_path = optional(string)
    package_s3 = optional(object({
      bucket         = string
      key            = string
      object_version = optional(string)
    }))
    runtime            = string
    architecture       = string
    log_retention_days = number
    kms_key_arn        = optional(string)
  })
  nullable = false
}

variable "memory_mb" {
  description = "Memory, in MB; CPU grows with it."
  type        = number
  nullable    = false
}

variable "timeout_seconds" {
  description = "Longest run of one invocation, in seconds."
  type        = number
  nullable    = false
}

variable "reserved_concurrent_executions" {
  description = "Concurrency reserved for, and allowed to, the function; null reserves none."
  type        = number
  default     = null
}

variable "snap_start_enabled" {
  description = "Publish versions with a snapshot of the started function (SnapStart), and have the newest one invoked by an alias."
  type        = bool
  default     = false
  nullable    = false
}

variable "async_maximum_event_age_seconds" {
  description = "How long Lambda keeps an event it could not process, in seconds."
  type        = number
  nullable    = false
}

variable "async_maximum_retry_attempts" {
  description = "How often Lambda retries after an error: 2 makes three attempts."
  type        = number
  nullable    = false
}

variable "failure_queue_arn" {
  description = "ARN of the failure queue: where an event goes after its last attempt."
  type        = string
  nullable    = false
}

variable "failure_queue_url" {
  description = "URL of the failure queue, into which the hourly count looks."
  type        = string
  nullable    = false
}

variable "delivery_queue_arn" {
  description = "ARN of the delivery dead-letter queue."
  type        = string
  nullable    = false
}

variable "delivery_queue_url" {
  description = "URL of the delivery dead-letter queue, into which the hourly count looks."
  type        = string
  nullable    = false
}

variable "log_level" {
  description = "Least severe level the handler logs."
  type        = string
  nullable    = false
}

variable "dynamodb_client" {
  description = "By what the function talks to DynamoDB: auto or botocore."
  type        = string
  nullable    = false
}

variable "xray_tracing_enabled" {
  description = "Record X-Ray traces."
  type        = bool
  nullable    = false
}

variable "profile_table_name" {
  description = "Name of the profile table."
  type        = string
  nullable    = false
}

variable "profile_table_arn" {
  description = "ARN of the profile table."
  type        = string
  nullable    = false
}

variable "sync_table_name" {
  description = "Name of the sync table."
  type        = string
  nullable    = false
}

variable "sync_table_arn" {
  description = "ARN of the sync table."
  type        = string
  nullable    = false
}

variable "parked_index_arn" {
  description = "ARN of the sync table's index of parked events."
  type        = string
  nullable    = false
}

variable "partition_key_name" {
  description = "Name of the profile table's partition key."
  type        = string
  nullable    = false
}

variable "sort_key_name" {
  description = "Name of the profile table's sort key; null for a table without one."
  type        = string
  default     = null
}

variable "partition_key_template" {
  description = "Partition key of a user's profile; `{userId}` stands for the user's id."
  type        = string
  nullable    = false
}

variable "sort_key_template" {
  description = "Sort key of a user's profile; may hold `{userId}`."
  type        = string
  nullable    = false
}

variable "user_id_metadata_key" {
  description = "Metadata key of a Stripe subscription that holds the user's id."
  type        = string
  nullable    = false
}

variable "user_id_pattern" {
  description = "What a whole user id looks like, as a regular expression."
  type        = string
  nullable    = false
}

variable "livemode" {
  description = "Which events to take: `live`, `test` or `any`."
  type        = string
  nullable    = false
}

variable "unmapped" {
  description = "What becomes of an event whose user nobody can name: `park`, `dead-letter` or `ignore`."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["park", "dead-letter", "ignore"], var.unmapped)
    error_message = "unmapped must be \"park\", \"dead-letter\" or \"ignore\"."
  }
}

variable "create_missing_profile" {
  description = "Give a user without a profile one; false treats the event as unmapped."
  type        = bool
  nullable    = false
}

variable "connect_events" {
  description = "What becomes of events of connected accounts: `skip` or `handle`."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["skip", "handle"], var.connect_events)
    error_message = "connect_events must be \"skip\" or \"handle\"."
  }
}

variable "forget_deleted_customers" {
  description = "Forget what is stored of a customer that Stripe has deleted; false only notes the deletion."
  type        = bool
  nullable    = false
}

variable "shows" {
  description = "What a profile shows, and which subscriptions count: the root's variables of these names say what each means."
  type = object({
    access_renewal_grace_hours     = number
    access_past_due_days           = optional(number)
    access_while_collection_paused = bool
    plan_product_ids               = list(string)
    handled_product_ids            = set(string)
    required_metadata              = map(string)
    profile_attributes             = map(string)
  })
  nullable = false
}

variable "stripe_secret_arn" {
  description = "ARN of the Secrets Manager secret that holds the Stripe API key; null for none."
  type        = string
  default     = null
}

variable "stripe_secret_parameter_name" {
  description = "Name of the SSM parameter that holds the Stripe API key; null for none."
  type        = string
  default     = null
}

variable "stripe_secret_kms_key_arn" {
  description = "ARN of the KMS key that the secret or parameter with the Stripe API key is encrypted with; null: that of `function_settings`, or AWS's own."
  type        = string
  default     = null
}

variable "stripe_api_url" {
  description = "Where the function asks Stripe: null for Stripe itself, or an http URL of the loopback."
  type        = string
  default     = null

  validation {
    condition = var.stripe_api_url == null ? true : can(
      regex("^(https://api\\.stripe\\.com|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?)$", var.stripe_api_url)
    )
    error_message = "stripe_api_url must be https://api.stripe.com or an http URL of the loopback without a path."
  }
}

variable "table_kms_key_arns" {
  description = "ARNs of the KMS keys of the two tables that the role must be allowed to use; none where these are AWS's own."
  type        = list(string)
  default     = []
  nullable    = false
}
