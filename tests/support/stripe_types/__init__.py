"""What Stripe's objects are like in the API versions that are simulated, and what differs from that."""
