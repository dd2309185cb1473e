"""The oracle: what each user's profile must say, from what the simulator itself knows. Pure.

Written against sections 3 and 4 of the design, on purpose without the library's own ledger, decisions and
views, so that the two can be compared. `settings` are the handler's that matter here, `sight` is a
subscription as its account tells it, `ranking` chooses the primary one, `access` says until when what may be
used, `payments` has the newest invoice, and `profile` puts the attributes together.
"""
