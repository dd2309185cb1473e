"""The command `send`: puts Stripe events on a stack's bus and follows each to the profile."""
