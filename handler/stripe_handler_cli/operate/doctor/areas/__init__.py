"""One module per area: what it looks at in AWS and Stripe, the facts, and the verdict on them.

A `look_at_…` asks, read-only, and decides nothing: what does not exist is a fact; what cannot be asked
raises, and `examination` turns that into "could not look". A `_judge_…` is pure. A new check is a `Check` and
a place in its area's `EXAMINATIONS`; the page docs/production-checklist.md follows from it.
"""
