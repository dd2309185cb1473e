"""The command `stripe-handler profile-events`: changes of profiles that could not be told."""
