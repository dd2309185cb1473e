"""What came from Stripe, raw → typed. Pure: nothing here reads a clock, the environment or the network."""
