"""Replays of the event archive onto the rule, and what they changed."""
