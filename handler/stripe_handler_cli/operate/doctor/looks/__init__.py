"""Fetch facts from AWS and Stripe, one module per service; read only, and decide nothing.

A look takes the site and returns its area's facts. What does not exist is a fact; what cannot be asked
raises, and `examination` turns that into "could not look".
"""
