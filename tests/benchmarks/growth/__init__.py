"""What an event costs as things grow: a user's subscriptions, a customer's parked events, the table."""
