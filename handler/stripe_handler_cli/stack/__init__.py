"""A deployed stack, seen from outside: put events on its bus, follow them, read what they did.

Works on local AWS and on AWS alike; resource names come from Terraform's outputs.
"""

from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.deployment import (
    Deployment,
    seed_partner_event_source,
    seed_stripe_key,
)
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline, lambda_log_line

__all__ = [
    "DeployedStack",
    "Deployment",
    "Endpoint",
    "Pipeline",
    "lambda_log_line",
    "seed_partner_event_source",
    "seed_stripe_key",
]
