# What is told of the profiles unless profile_events_attributes says otherwise.

locals {
  # What a user can see: access, plan, seats, cancellation, payments, features. The same as in
  # stripe_subscription_handler.profile_events.settings.
  default_profile_events_attributes = [
    "subscriptionAccessUntil",
    "subscriptionProducts",
    "subscriptionId",
    "subscriptionStatus",
    "subscriptionPriceId",
    "subscriptionProductId",
    "subscriptionQuantity",
    "subscriptionCancelAt",
    "subscriptionCanceledAt",
    "subscriptionCancelAtPeriodEnd",
    "subscriptionPauseCollection",
    "lastPaymentStatus",
    "lastPaymentInvoiceId",
    "nextPaymentAttemptAt",
    "entitlements",
  ]
}
