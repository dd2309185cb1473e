"""Compares Stripe and the profiles, and repairs what differs by the same decisions as live events.

`stripe-handler reconcile` and the scheduled drift check share it; handling an event imports nothing of it.
`rehearsal` and `differences` are pure: what would handling a snapshot change, and which of that differs?
`tables`, `lists` and `account` read the world; `comparer` and `walk` do the work.
"""
