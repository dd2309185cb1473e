"""Stripe and the profiles compared, and what differs repaired by the same decisions as live events.

`rehearsal` and `drift` are pure: what would handling a snapshot change, and which of that is a difference.
`tables`, `account` and `place` touch the world; `passes`, `missed` and `sync` are the work.
"""
