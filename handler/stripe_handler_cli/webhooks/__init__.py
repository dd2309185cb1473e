"""A Stripe webhook endpoint that hands its events to a bus: signature check, HTTP, forwarding.

For development; in production events come through EventBridge alone. Nothing here decides about events.
"""
