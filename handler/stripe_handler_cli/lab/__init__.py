"""Rigs for development: made-up lives, a stand-in for Stripe, stacks on local AWS.

No operator's command uses them.
"""
