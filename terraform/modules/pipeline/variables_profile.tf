# What a profile shows, and which subscriptions count. Each of these is a setting of the view: a change is a change for
# every user, which `stripe-handler reconcile --apply` brings to those who have no event of their own.

locals {
  # The attributes of the contract, stripe_subscription_handler.decisions.view.VIEW: an attribute of yours has another name.
  view_attributes = [
    "entitlements",
    "lastPaymentAmount",
    "lastPaymentAt",
    "lastPaymentAttemptCount",
    "lastPaymentCurrency",
    "lastPaymentInvoiceId",
    "lastPaymentStatus",
    "nextPaymentAttemptAt",
    "stripeCustomerId",
    "subscriptionAccessUntil",
    "subscriptionCancelAt",
    "subscriptionCancelAtPeriodEnd",
    "subscriptionCanceledAt",
    "subscriptionCurrentPeriodEnd",
    "subscriptionCurrentPeriodStart",
    "subscriptionId",
    "subscriptionPauseCollection",
    "subscriptionPauseResumesAt",
    "subscriptionPriceId",
    "subscriptionProductId",
    "subscriptionProducts",
    "subscriptionQuantity",
    "subscriptionStatus",
    "subscriptionTrialEnd",
  ]

  # What the handler's own bookkeeping on the item begins with.
  ledger_prefix = "stripeLedger"
}

variable "access_renewal_grace_hours" {
  description = "Hours of access after a period's end, for the renewal's event to arrive; a cancellation ends access at once."
  type        = number
  default     = 72
  nullable    = false

  validation {
    condition = (
      var.access_renewal_grace_hours >= 0 && var.access_renewal_grace_hours <= 8760
      && floor(var.access_renewal_grace_hours) == var.access_renewal_grace_hours
    )
    error_message = "access_renewal_grace_hours must be a whole number from 0 to 8760 (a year)."
  }
}

variable "access_past_due_days" {
  description = "Most days of access while a subscription is past_due, 0 for none; null for as long as Stripe keeps collecting, which may be for ever."
  type        = number
  default     = null

  validation {
    condition = var.access_past_due_days == null ? true : (
      var.access_past_due_days >= 0 && var.access_past_due_days <= 365
      && floor(var.access_past_due_days) == var.access_past_due_days
    )
    error_message = "access_past_due_days must be a whole number from 0 to 365, or null for no limit."
  }
}

variable "access_while_collection_paused" {
  description = "Give access while a subscription's collection is paused (pause_collection), as Stripe means it; false gives none."
  type        = bool
  default     = true
  nullable    = false
}

variable "plan_product_ids" {
  description = "Stripe products that are your plans, the most important first: which item of a subscription, and which subscription, a profile shows."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.plan_product_ids : can(regex("^\\S+$", id))])
    error_message = "plan_product_ids has an entry that is no product's id: empty, or with white space; take it out."
  }

  validation {
    condition     = length(distinct(var.plan_product_ids)) == length(var.plan_product_ids)
    error_message = "plan_product_ids names a product twice; keep the place that it is to have."
  }

  validation {
    condition     = length(var.plan_product_ids) <= 50
    error_message = "plan_product_ids takes at most 50 products; name only your plans, add-ons need no place."
  }
}

variable "handled_product_ids" {
  description = "Stripe products whose subscriptions are this app's; other subscriptions of the account give nothing. Empty: all products."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.handled_product_ids : can(regex("^\\S+$", id))])
    error_message = "handled_product_ids has an entry that is no product's id: empty, or with white space; take it out."
  }

  validation {
    condition     = length(var.handled_product_ids) <= 50
    error_message = "handled_product_ids takes at most 50 products; with more, tell your subscriptions by required_metadata."
  }
}

variable "required_metadata" {
  description = "Metadata, key to value, that a subscription of this app has at Stripe; subscriptions without it give nothing. Empty: none is asked for."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.required_metadata) : can(regex("^[^\\[\\]]{1,40}$", key))])
    error_message = "required_metadata must have Stripe's metadata keys: 1 to 40 characters, without square brackets."
  }

  validation {
    condition = alltrue([
      for value in values(var.required_metadata) : try(length(value) >= 1 && length(value) <= 500, false)
    ])
    error_message = "required_metadata must have Stripe's metadata values: 1 to 500 characters. Stripe keeps no empty one."
  }

  validation {
    condition     = length(var.required_metadata) <= 50
    error_message = "required_metadata takes at most 50 keys: Stripe keeps no more of a subscription."
  }
}

variable "profile_attributes" {
  description = "Attributes of your own: name to JMESPath over Stripe's subscription object, e.g. plan = \"items.data[0].price.lookup_key\"."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setintersection(keys(var.profile_attributes), local.view_attributes)) == 0
    error_message = <<-EOT
      profile_attributes has a name that is taken by what every profile shows:
      ${join(", ", setintersection(keys(var.profile_attributes), local.view_attributes))}.
      Choose another name.
    EOT
  }

  validation {
    condition     = alltrue([for name in keys(var.profile_attributes) : !startswith(name, local.ledger_prefix)])
    error_message = <<-EOT
      profile_attributes has a name that begins with ${local.ledger_prefix}: such
      attributes are the handler's own. Choose another name.
    EOT
  }

  validation {
    condition = length(setintersection(
      keys(var.profile_attributes), compact([var.partition_key_name, var.sort_key_name])
    )) == 0
    error_message = <<-EOT
      profile_attributes has the name of one of the table's keys,
      partition_key_name or sort_key_name. Choose another name.
    EOT
  }

  # 340 characters of base64 are 255 bytes.
  validation {
    condition = alltrue([
      for name in keys(var.profile_attributes) : trimspace(name) != "" && length(base64encode(name)) <= 340
    ])
    error_message = "profile_attributes has a name that is empty or longer than 255 bytes; choose another name."
  }

  validation {
    condition = alltrue([
      for expression in values(var.profile_attributes) : try(trimspace(expression) != "", false)
    ])
    error_message = <<-EOT
      profile_attributes has a name without an expression: give it a JMESPath,
      for example "items.data[0].price.lookup_key", or take it out.
    EOT
  }

  validation {
    condition     = length(var.profile_attributes) <= 50
    error_message = "profile_attributes takes at most 50 attributes; one may hold a whole map, for example \"metadata\"."
  }
}
