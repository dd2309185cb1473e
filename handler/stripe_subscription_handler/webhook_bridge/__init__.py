"""Stripe webhook → event bus: signature check, what to answer, the bus's entry, and a Lambda entry point.

It serves accounts that cannot use Stripe's partner event source yet, and can run beside it. `app` is what
`terraform/modules/webhook_bridge` deploys, behind a function URL; `stripe-handler listen` uses the rest for
development. Nothing here decides about events, and nothing imports `stripe`.
"""
