# ---- Where and under which names ------------------------------------------------------------------------

variable "prefix" {
  description = "First part of every resource name: <prefix>-stripe-...-<workspace>."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,18}[a-z0-9]$", var.prefix))
    error_message = <<-EOT
      prefix must be 2 to 20 lower-case letters, digits and hyphens, begin with
      a letter and not end with a hyphen, for example "bayon".
    EOT
  }
}

variable "aws_region" {
  description = "AWS region, the one chosen in Stripe's event destination; null takes it from the environment or the profile."
  type        = string
  default     = null

  validation {
    condition     = var.aws_region == null ? true : can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", var.aws_region))
    error_message = "aws_region must be a region's code, for example \"us-east-1\", or null."
  }
}

variable "aws_endpoint_url" {
  description = "URL of a local AWS; null, the default, means AWS itself (or AWS_ENDPOINT_URL of the environment)."
  type        = string
  default     = null

  validation {
    condition     = var.aws_endpoint_url == null ? true : can(regex("^https?://[^/ ]+/?$", var.aws_endpoint_url))
    error_message = "aws_endpoint_url must be a URL without a path, for example \"http://127.0.0.1:4566\", or null."
  }
}

variable "tags" {
  description = "Tags for every resource; `project` and `environment` are added."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.tags) : length(key) > 0 && !startswith(lower(key), "aws:")])
    error_message = "A tag's key may neither be empty nor begin with \"aws:\", which AWS keeps for itself."
  }

  validation {
    condition     = length(setintersection([for key in keys(var.tags) : lower(key)], ["environment", "project"])) == 0
    error_message = "The tags \"project\" and \"environment\" are set by this stack; choose other keys."
  }
}

# ---- The bus --------------------------------------------------------------------------------------------

variable "stripe_event_source_name" {
  description = "Stripe's partner event source, aws.partner/stripe.com/ed_...; null makes a custom bus instead."
  type        = string
  default     = null

  validation {
    condition = var.stripe_event_source_name == null ? true : can(
      regex("^aws\\.partner/stripe\\.com/.+", var.stripe_event_source_name)
    )
    error_message = <<-EOT
      stripe_event_source_name must be the full name of Stripe's event source,
      for example "aws.partner/stripe.com/ed_test_...": see Stripe's event
      destination, or run aws events list-event-sources --name-prefix
      aws.partner/stripe.com
    EOT
  }
}

variable "create_forwarding_bus" {
  description = "With a partner event source: also create <prefix>-stripe-events-<workspace> and forward every Stripe event to it."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.create_forwarding_bus || var.stripe_event_source_name != null
    error_message = <<-EOT
      create_forwarding_bus needs stripe_event_source_name: without a partner
      event source the bus already is a custom bus under our own name.
    EOT
  }
}

variable "bridge_event_source" {
  description = "Exact `source` of events a webhook bridge puts on a custom bus, e.g. \"stripe-webhook-bridge\"; null admits Stripe's own only."
  type        = string
  default     = null

  validation {
    condition = var.bridge_event_source == null ? true : (
      can(regex("^[A-Za-z0-9._/-]{1,256}$", var.bridge_event_source)) && !startswith(var.bridge_event_source, "aws.")
    )
    error_message = <<-EOT
      bridge_event_source must be 1 to 256 letters, digits, dots, hyphens,
      underscores and slashes, and must not begin with "aws.": EventBridge
      refuses such sources from anyone but AWS and its partners.
    EOT
  }
}

variable "webhook_bridge" {
  description = "Take Stripe's webhooks at a URL and put their events on a bus; null, the default, takes none. Its signing secret is named, never given."
  type = object({
    signing_secret_arn             = optional(string)
    signing_secret_parameter_name  = optional(string)
    dedicated_bus                  = optional(bool, true)
    reserved_concurrent_executions = optional(number)
  })
  default = null

  validation {
    condition = var.webhook_bridge == null ? true : (
      (var.webhook_bridge.signing_secret_arn == null) != (var.webhook_bridge.signing_secret_parameter_name == null)
    )
    error_message = "webhook_bridge needs exactly one of signing_secret_arn and signing_secret_parameter_name."
  }

  validation {
    condition = try(var.webhook_bridge.signing_secret_arn, null) == null ? true : can(regex(
      "^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$",
      var.webhook_bridge.signing_secret_arn
    ))
    error_message = <<-EOT
      webhook_bridge.signing_secret_arn must be the whole ARN of a Secrets
      Manager secret. Never put the signing secret itself here: Terraform would
      write it into its state.
    EOT
  }

  validation {
    condition = try(var.webhook_bridge.signing_secret_parameter_name, null) == null ? true : (
      can(regex("^[A-Za-z0-9/_.-]+$", var.webhook_bridge.signing_secret_parameter_name))
      && length(var.webhook_bridge.signing_secret_parameter_name) <= 1011
      && !startswith(var.webhook_bridge.signing_secret_parameter_name, "whsec_")
    )
    error_message = <<-EOT
      webhook_bridge.signing_secret_parameter_name must be the name of an SSM
      parameter, for example "/bayon/webhook-secret", not its ARN. Never put the
      signing secret itself here: Terraform would write it into its state.
    EOT
  }

  validation {
    condition = (
      var.webhook_bridge == null || var.stripe_event_source_name == null || try(var.webhook_bridge.dedicated_bus, false)
    )
    error_message = <<-EOT
      Beside a partner event source the webhook bridge needs a bus of its own:
      leave webhook_bridge.dedicated_bus true. If it was false so far, apply that
      first, and stripe_event_source_name afterwards: the stack's custom bus is
      then replaced, and events put on it meanwhile would be lost.
    EOT
  }

  validation {
    condition = try(var.webhook_bridge.reserved_concurrent_executions, null) == null ? true : (
      var.webhook_bridge.reserved_concurrent_executions >= 1
      && floor(var.webhook_bridge.reserved_concurrent_executions) == var.webhook_bridge.reserved_concurrent_executions
    )
    error_message = "webhook_bridge.reserved_concurrent_executions must be a whole number, 1 or more, or left out."
  }
}

variable "archive_retention_days" {
  description = "Days events stay in the archive; 0 keeps them for ever."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.archive_retention_days >= 0 && floor(var.archive_retention_days) == var.archive_retention_days
    error_message = "archive_retention_days must be a whole number of days, 0 (keep for ever) or more."
  }
}

# ---- The rule -------------------------------------------------------------------------------------------

variable "event_types" {
  description = "Stripe event types the rule admits; a destination's ping always passes."
  type        = list(string)
  default = [
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "invoice.payment_succeeded",
    "invoice.payment_failed",
  ]
  nullable = false

  validation {
    condition     = length(var.event_types) > 0
    error_message = "event_types must name at least one event type."
  }

  validation {
    condition     = length(distinct(var.event_types)) == length(var.event_types)
    error_message = "event_types names an event type twice."
  }

  validation {
    condition = length(setsubtract([for type in var.event_types : trimprefix(type, "v1.")], [
      "customer.subscription.created",
      "customer.subscription.deleted",
      "customer.subscription.paused",
      "customer.subscription.pending_update_applied",
      "customer.subscription.pending_update_expired",
      "customer.subscription.resumed",
      "customer.subscription.trial_will_end",
      "customer.subscription.updated",
      "invoice.paid",
      "invoice.payment_failed",
      "invoice.payment_succeeded",
    ])) == 0
    error_message = <<-EOT
      event_types may hold customer.subscription.created, .updated, .deleted,
      .paused, .resumed, .trial_will_end, .pending_update_applied,
      .pending_update_expired, invoice.payment_succeeded,
      invoice.payment_failed and invoice.paid; each also with the "v1." that
      the types of thin events begin with.
    EOT
  }

  validation {
    condition = (
      var.stripe_secret_arn != null || var.stripe_secret_parameter_name != null
      || !anytrue([for type in var.event_types : startswith(type, "v1.")])
    )
    error_message = <<-EOT
      Thin events ("v1." in event_types) carry no object, so the function must
      ask Stripe: give stripe_secret_arn or stripe_secret_parameter_name too.
    EOT
  }
}

variable "target_maximum_event_age_seconds" {
  description = "How long EventBridge tries to hand an event to Lambda, in seconds."
  type        = number
  default     = 86400
  nullable    = false

  validation {
    condition = (
      var.target_maximum_event_age_seconds >= 60 && var.target_maximum_event_age_seconds <= 86400
      && floor(var.target_maximum_event_age_seconds) == var.target_maximum_event_age_seconds
    )
    error_message = "target_maximum_event_age_seconds must be a whole number from 60 to 86400 (24 hours)."
  }
}

variable "target_maximum_retry_attempts" {
  description = "How often EventBridge retries the hand-off to Lambda."
  type        = number
  default     = 185
  nullable    = false

  validation {
    condition = (
      var.target_maximum_retry_attempts >= 0 && var.target_maximum_retry_attempts <= 185
      && floor(var.target_maximum_retry_attempts) == var.target_maximum_retry_attempts
    )
    error_message = "target_maximum_retry_attempts must be a whole number from 0 to 185."
  }
}

# ---- The function ---------------------------------------------------------------------------------------

variable "lambda_package_path" {
  description = "Path of the function's zip, from the directory Terraform runs in. Exactly one of this and lambda_package_s3."
  type        = string
  default     = null

  validation {
    condition     = (var.lambda_package_path == null) != (var.lambda_package_s3 == null)
    error_message = <<-EOT
      Give exactly one of lambda_package_path (a zip on this machine, made by
      "make zip") and lambda_package_s3 (a zip already in S3).
    EOT
  }

  validation {
    condition     = var.lambda_package_path == null ? true : fileexists(var.lambda_package_path)
    error_message = "There is no file at lambda_package_path. Build the zip first: make zip."
  }
}

variable "lambda_package_s3" {
  description = "The function's zip in S3, instead of lambda_package_path. Name object_version if the key stays the same."
  type = object({
    bucket         = string
    key            = string
    object_version = optional(string)
  })
  default = null

  validation {
    condition = var.lambda_package_s3 == null ? true : (
      can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.lambda_package_s3.bucket))
      && length(var.lambda_package_s3.key) > 0
    )
    error_message = "lambda_package_s3 needs a bucket's name and a key, for example { bucket = \"artifacts\", key = \"handler.zip\" }."
  }
}

variable "lambda_runtime" {
  description = "Lambda runtime; build the zip for the same one."
  type        = string
  default     = "python3.13"
  nullable    = false

  validation {
    condition     = can(regex("^python3\\.1[1-9]$", var.lambda_runtime))
    error_message = "lambda_runtime must be a Python runtime from python3.11 on, for example \"python3.13\"."
  }
}

variable "lambda_architecture" {
  description = "Instruction set of the function. The zip holds pure Python and runs on both; arm64 costs less."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.lambda_architecture)
    error_message = "lambda_architecture must be \"arm64\" or \"x86_64\"."
  }
}

variable "lambda_memory_mb" {
  description = "The function's memory, in MB. CPU grows with it."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition = (
      var.lambda_memory_mb >= 128 && var.lambda_memory_mb <= 10240
      && floor(var.lambda_memory_mb) == var.lambda_memory_mb
    )
    error_message = "lambda_memory_mb must be a whole number from 128 to 10240."
  }
}

variable "lambda_timeout_seconds" {
  description = "Longest run of one invocation, in seconds."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition = (
      var.lambda_timeout_seconds >= 5 && var.lambda_timeout_seconds <= 110
      && floor(var.lambda_timeout_seconds) == var.lambda_timeout_seconds
    )
    error_message = <<-EOT
      lambda_timeout_seconds must be a whole number from 5 to 110: less leaves
      no room for a slow answer of DynamoDB or Stripe, more outlives the 120
      seconds a dead letter stays hidden while it is tried again.
    EOT
  }
}

variable "lambda_reserved_concurrent_executions" {
  description = "Concurrency reserved for, and allowed to, the function. Null reserves none; 0 stops it: events go to the failure queue."
  type        = number
  default     = null

  validation {
    condition = var.lambda_reserved_concurrent_executions == null ? true : (
      var.lambda_reserved_concurrent_executions >= 0
      && floor(var.lambda_reserved_concurrent_executions) == var.lambda_reserved_concurrent_executions
    )
    error_message = "lambda_reserved_concurrent_executions must be a whole number, 0 or more, or null to reserve none."
  }
}

variable "lambda_snap_start_enabled" {
  description = "Start the function from a snapshot (SnapStart): publishes versions and invokes the newest by an alias. Costs extra."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.lambda_snap_start_enabled || var.lambda_runtime != "python3.11"
    error_message = "SnapStart needs lambda_runtime python3.12 or newer."
  }
}

variable "async_maximum_event_age_seconds" {
  description = "How long Lambda keeps an event it could not process yet, in seconds; then it goes to the failure queue."
  type        = number
  default     = 21600
  nullable    = false

  validation {
    condition = (
      var.async_maximum_event_age_seconds >= 60 && var.async_maximum_event_age_seconds <= 21600
      && floor(var.async_maximum_event_age_seconds) == var.async_maximum_event_age_seconds
    )
    error_message = "async_maximum_event_age_seconds must be a whole number from 60 to 21600 (6 hours)."
  }
}

variable "async_maximum_retry_attempts" {
  description = "How often Lambda retries an event after an error: 2 makes three attempts; then it goes to the failure queue."
  type        = number
  default     = 2
  nullable    = false

  validation {
    condition     = contains([0, 1, 2], var.async_maximum_retry_attempts)
    error_message = "async_maximum_retry_attempts must be 0, 1 or 2."
  }
}

variable "log_retention_days" {
  description = "Days the function's logs are kept; 0 keeps them for ever."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition = contains([
      0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_retention_days)
    error_message = <<-EOT
      log_retention_days must be one of CloudWatch's: 0 (for ever), 1, 3, 5, 7,
      14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
      2922, 3288, 3653.
    EOT
  }
}

variable "log_level" {
  description = "Least severe level the handler logs. Above INFO there are no metrics of writes and skips, above WARNING no alarm on a parked event."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "xray_tracing_enabled" {
  description = "Record X-Ray traces of the function."
  type        = bool
  default     = true
  nullable    = false
}

# ---- The profile ----------------------------------------------------------------------------------------

variable "create_profile_table" {
  description = "Create the profile table; false uses the app's existing table profile_table_name."
  type        = bool
  default     = true
  nullable    = false
}

variable "profile_table_name" {
  description = "Name of the table with the profiles, to create or to use."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{3,255}$", var.profile_table_name))
    error_message = "profile_table_name must be 3 to 255 letters, digits, dots, hyphens and underscores."
  }
}

variable "partition_key_name" {
  description = "Name of the profile table's partition key, a string."
  type        = string
  default     = "PK"
  nullable    = false

  validation {
    condition     = length(var.partition_key_name) >= 1 && length(var.partition_key_name) <= 255
    error_message = "partition_key_name must have 1 to 255 characters."
  }
}

variable "sort_key_name" {
  description = "Name of the profile table's sort key, a string; null for a table without one."
  type        = string
  default     = "SK"

  validation {
    condition     = var.sort_key_name == null ? true : length(var.sort_key_name) >= 1 && length(var.sort_key_name) <= 255
    error_message = "sort_key_name must have 1 to 255 characters; a table without a sort key is null, not \"\"."
  }

  validation {
    condition     = var.sort_key_name == null ? true : var.sort_key_name != var.partition_key_name
    error_message = "sort_key_name and partition_key_name must differ."
  }
}

variable "partition_key_template" {
  description = "Partition key of a user's profile; {userId} stands for the user's id."
  type        = string
  default     = "USER#{userId}"
  nullable    = false

  validation {
    condition     = length(split("{userId}", var.partition_key_template)) == 2
    error_message = "partition_key_template must contain {userId} exactly once, or users would share a profile."
  }
}

variable "sort_key_template" {
  description = "Sort key of a user's profile; may hold {userId}. Not used without a sort key."
  type        = string
  default     = "PROFILE"
  nullable    = false

  validation {
    condition     = length(var.sort_key_template) > 0
    error_message = "sort_key_template must not be empty: DynamoDB refuses empty keys."
  }
}

variable "user_id_metadata_key" {
  description = "Metadata key of a Stripe subscription that holds the user's id."
  type        = string
  default     = "userId"
  nullable    = false

  validation {
    condition     = can(regex("^[^\\[\\]]{1,40}$", var.user_id_metadata_key))
    error_message = "user_id_metadata_key must be a Stripe metadata key: 1 to 40 characters, without square brackets."
  }
}

variable "livemode" {
  description = "Which events to take: live, test, or any. Events of the other mode fail and end in the failure queue."
  type        = string
  default     = "any"
  nullable    = false

  validation {
    condition     = contains(["live", "test", "any"], var.livemode)
    error_message = "livemode must be \"live\", \"test\" or \"any\"."
  }
}

variable "unmapped" {
  description = "What becomes of an event whose user nobody can name: park (it waits 30 days for its user), dead-letter (it fails) or ignore."
  type        = string
  default     = "park"
  nullable    = false

  validation {
    condition     = contains(["park", "dead-letter", "ignore"], var.unmapped)
    error_message = "unmapped must be \"park\", \"dead-letter\" or \"ignore\"."
  }
}

variable "create_missing_profile" {
  description = "Give a user without a profile one; false treats the event as unmapped, so that no event recreates a deleted account."
  type        = bool
  default     = true
  nullable    = false
}

variable "connect_events" {
  description = "What becomes of events of connected accounts (Stripe Connect): skip or handle. Their owners choose the metadata, and so the user."
  type        = string
  default     = "skip"
  nullable    = false

  validation {
    condition     = contains(["skip", "handle"], var.connect_events)
    error_message = "connect_events must be \"skip\" or \"handle\"."
  }
}

variable "deletion_protection_enabled" {
  description = "Protect the tables this stack creates from deletion, terraform destroy included."
  type        = bool
  default     = false
  nullable    = false
}

# ---- The Stripe API key: where it is, never what it is --------------------------------------------------

variable "stripe_secret_arn" {
  description = "ARN of the Secrets Manager secret with the Stripe API key; the function's role may read just that. Null for none."
  type        = string
  default     = null

  validation {
    condition = var.stripe_secret_arn == null ? true : can(
      regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$", var.stripe_secret_arn)
    )
    error_message = <<-EOT
      stripe_secret_arn must be the whole ARN of a Secrets Manager secret,
      arn:aws:secretsmanager:<region>:<account>:secret:<name>. Never put the key
      itself here: Terraform would write it into its state.
    EOT
  }
}

variable "stripe_secret_parameter_name" {
  description = "Name of the SSM parameter with the Stripe API key; the function's role may read just that. Null for none."
  type        = string
  default     = null

  validation {
    condition = var.stripe_secret_parameter_name == null ? true : (
      can(regex("^[A-Za-z0-9/_.-]+$", var.stripe_secret_parameter_name))
      && length(var.stripe_secret_parameter_name) <= 1011
      && !can(regex("^(sk|rk)_(live|test)_", var.stripe_secret_parameter_name))
    )
    error_message = <<-EOT
      stripe_secret_parameter_name must be the name of an SSM parameter, for
      example "/bayon/stripe-key", not its ARN. Never put the key itself here:
      Terraform would write it into its state.
    EOT
  }

  validation {
    condition     = var.stripe_secret_parameter_name == null || var.stripe_secret_arn == null
    error_message = "Give at most one of stripe_secret_arn and stripe_secret_parameter_name."
  }
}

variable "stripe_api_url" {
  description = "Where the function asks Stripe: null for Stripe itself; on local AWS, the loopback URL of a stand-in."
  type        = string
  default     = null

  validation {
    condition = var.stripe_api_url == null ? true : can(
      regex("^(https://api\\.stripe\\.com|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]{1,5})?)$", var.stripe_api_url)
    )
    error_message = <<-EOT
      stripe_api_url must be "https://api.stripe.com", which null means too, or
      an http URL of the loopback without a path, for example
      "http://127.0.0.1:12111": a Stripe key is never sent anywhere else.
    EOT
  }
}

# ---- Encryption ----------------------------------------------------------------------------------------

variable "kms_key_arn" {
  description = "ARN of a customer-managed KMS key for queues, tables created here, logs, alarm topic and function; null: AWS's own keys."
  type        = string
  default     = null

  validation {
    condition = (
      var.kms_key_arn == null ? true : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    )
    error_message = <<-EOT
      kms_key_arn must be the ARN of a KMS key, for example
      "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab".
      An alias will not do: IAM and CloudWatch Logs want the key itself.
    EOT
  }
}

variable "profile_table_kms_key_arn" {
  description = "ARN of the customer-managed KMS key of an existing profile table, so that the function may use it; null: it has none."
  type        = string
  default     = null

  validation {
    condition = (
      var.profile_table_kms_key_arn == null ? true :
      can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.profile_table_kms_key_arn))
    )
    error_message = "profile_table_kms_key_arn must be the ARN of a KMS key, as the table's SSEDescription shows it (KMSMasterKeyArn)."
  }

  validation {
    condition     = var.profile_table_kms_key_arn == null || !var.create_profile_table
    error_message = "profile_table_kms_key_arn is for an existing profile table; one that is created here takes kms_key_arn."
  }
}

# ---- Failures and alarms --------------------------------------------------------------------------------

variable "dead_letter_queue_retention_seconds" {
  description = "How long a message stays in the delivery dead-letter queue and the failure queue, in seconds."
  type        = number
  default     = 1209600
  nullable    = false

  validation {
    condition = (
      var.dead_letter_queue_retention_seconds >= 60 && var.dead_letter_queue_retention_seconds <= 1209600
      && floor(var.dead_letter_queue_retention_seconds) == var.dead_letter_queue_retention_seconds
    )
    error_message = "dead_letter_queue_retention_seconds must be a whole number from 60 to 1209600 (14 days)."
  }
}

variable "dead_letter_queue_maximum_message_bytes" {
  description = "Largest message both queues take, in bytes. SQS allows 1048576; provider 5.100 allows no more than the default."
  type        = number
  default     = 262144
  nullable    = false

  validation {
    condition = (
      var.dead_letter_queue_maximum_message_bytes >= 262144 && var.dead_letter_queue_maximum_message_bytes <= 1048576
      && floor(var.dead_letter_queue_maximum_message_bytes) == var.dead_letter_queue_maximum_message_bytes
    )
    error_message = "dead_letter_queue_maximum_message_bytes must be a whole number from 262144 (256 KiB) to 1048576 (1 MiB)."
  }
}

variable "alarm_email_addresses" {
  description = "E-mail addresses that get the alarms; AWS asks each to confirm."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alarm_email_addresses : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alarm_email_addresses must hold e-mail addresses, for example [\"ops@example.com\"]."
  }
}

variable "alarm_thresholds" {
  description = "Each alarm fires above its threshold; counts are per 5 minutes. Name only what you change."
  type = object({
    delivery_queue_messages                   = optional(number, 0)
    delivery_queue_age_seconds                = optional(number, 3600)
    failure_queue_messages                    = optional(number, 0)
    failure_queue_age_seconds                 = optional(number, 3600)
    function_errors                           = optional(number, 0)
    function_duration_fraction_of_timeout     = optional(number, 0.8)
    function_throttles                        = optional(number, 0)
    function_async_event_age_seconds          = optional(number, 600)
    function_async_events_dropped             = optional(number, 0)
    function_destination_delivery_failures    = optional(number, 0)
    rule_failed_invocations                   = optional(number, 0)
    rule_invocations_sent_to_dlq              = optional(number, 0)
    rule_invocations_failed_to_be_sent_to_dlq = optional(number, 0)
    rule_throttled                            = optional(number, 0)
    parked_events                             = optional(number, 0)
    parked_expiring                           = optional(number, 0)
    parked_count_failed_invocations           = optional(number, 0)
    stripe_unavailable                        = optional(number, 0)
    drift_found                               = optional(number, 0)
    drift_check_errors                        = optional(number, 0)
    bridge_errors                             = optional(number, 0)
    bridge_refusals                           = optional(number, 0)
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for threshold in values(var.alarm_thresholds) : threshold >= 0])
    error_message = "Every value of alarm_thresholds must be 0 or more."
  }

  validation {
    condition = (
      var.alarm_thresholds.function_duration_fraction_of_timeout > 0
      && var.alarm_thresholds.function_duration_fraction_of_timeout < 1
    )
    error_message = <<-EOT
      alarm_thresholds.function_duration_fraction_of_timeout must be between 0
      and 1: at 1 it could never fire, because Lambda ends an invocation at its
      timeout.
    EOT
  }

  validation {
    condition     = var.alarm_thresholds.function_async_event_age_seconds >= 240
    error_message = <<-EOT
      alarm_thresholds.function_async_event_age_seconds must be at least 240:
      the normal retries of a failed event come after about 1 and 2 more minutes
      and would raise it.
    EOT
  }
}

variable "alarm_silence_hours" {
  description = "An alarm fires when no event came for so many hours, 1 to 168; null, the default, for no such alarm."
  type        = number
  default     = null

  validation {
    condition = var.alarm_silence_hours == null || try(
      var.alarm_silence_hours >= 1 && var.alarm_silence_hours <= 168
      && floor(var.alarm_silence_hours) == var.alarm_silence_hours,
      false
    )
    error_message = "alarm_silence_hours must be a whole number from 1 to 168 (7 days, CloudWatch's limit), or null."
  }
}

variable "create_saved_queries" {
  description = "Save queries of the function's log in CloudWatch Logs Insights. LocalStack can't: false there."
  type        = bool
  default     = true
  nullable    = false
}
