"""Puts Stripe events on a stack's bus and follows each to the profile: `send`, and what `listen` shares."""
