output "event_source_name" {
  description = "Stripe's partner event source: the stack's stripe_event_source_name."
  value = element(split(
    ":event-source/", stripe_v2_core_event_destination.subscription_events.amazon_eventbridge[0].aws_event_source_arn
  ), 1)
}

output "destination_id" {
  description = "The event destination's id."
  value       = stripe_v2_core_event_destination.subscription_events.id
}
