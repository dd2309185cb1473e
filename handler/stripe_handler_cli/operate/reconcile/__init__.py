"""The commands `reconcile` and `sync`: what of comparing needs a terminal, a file or a person.

The comparison and the repair themselves are the library's (`stripe_subscription_handler.comparison`).
"""
