"""The `stripe-handler` command: what operators and developers run. Never part of the Lambda zip."""
