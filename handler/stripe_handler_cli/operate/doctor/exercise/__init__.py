"""`doctor --exercise`: a made-up user through a deployed stack, from the bus to the profile and to the alarm.

The checks of `areas` look, and change nothing. This one does what Stripe does, with a user whom nobody has,
and takes away again what it made. `running` goes through the steps of `steps`; each module beside them does
one or more of them, and `cleaning` the last.
"""
