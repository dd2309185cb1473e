"""Stripe and the profiles compared, and what differs repaired by the same decisions as live events.

For `stripe-handler reconcile` and for the scheduled drift check; handling an event imports nothing of it.
`rehearsal` and `differences` are pure: what would handling a snapshot change, and which of that differs?
`tables`, `lists` and `account` read the world; `comparing` and `passes` are the work. `slices` and
the modules whose names begin with `run`, share one pass out among many invocations.
"""
