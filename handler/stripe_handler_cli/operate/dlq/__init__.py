"""The events that could not be applied: reads both dead-letter queues, sends events again, drops them.

`messages` and `selection` are pure; `queues`, `invoking`, `history` and `dropped` touch the world.
"""
