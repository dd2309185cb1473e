"""The events that could not be applied: reads both queues of them, sends events again, drops them.

`messages` is pure; `queues`, `invoking` and `dropping` touch the world.
"""
