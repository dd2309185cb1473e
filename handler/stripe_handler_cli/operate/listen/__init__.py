"""A Stripe webhook endpoint for development: HTTP, and following its events to the profile.

What it checks and answers is `stripe_subscription_handler.webhook_bridge`, which runs on AWS too. Nothing
here decides about events.
"""
