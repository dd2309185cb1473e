"""The profile table's stream → events "Subscription Profile Changed" on a bus, and a Lambda entry point.

`app` is what `terraform/modules/profile_events` deploys, behind the stream; `stripe-handler profile-events`
gives it records again that it could not tell of. Nothing here writes to a table.
"""
