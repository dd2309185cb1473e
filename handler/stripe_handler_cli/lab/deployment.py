"""One environment of the stack from a checkout: zip in, outputs out, plan and destroy. No event logic."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
from botocore.exceptions import ClientError

from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.tools.terraform import Plan, Workspace, find_terraform
from stripe_handler_cli.tools.terraform.counting import Counted, counting


@attrs.frozen
class Deployment:
    """A workspace of the stack with the values it is applied with."""

    workspace: Workspace
    variables: Mapping[str, Any]
    endpoint: Endpoint

    @classmethod
    def at(
        cls,
        endpoint: Endpoint,
        *,
        project_root: Path,
        state_directory: Path,
        name: str,
        variables: Mapping[str, Any],
    ) -> "Deployment":
        workspace = Workspace(
            terraform=find_terraform(state_directory),
            source=project_root / "terraform",
            state_directory=state_directory,
            name=name,
            environment=endpoint.variables,
        )
        return cls(workspace, variables, endpoint)

    def apply(self, counted: Counted = lambda _done, _all: None) -> dict[str, Any]:
        """Apply the stack and return its outputs."""
        self.workspace.apply(variables=self.variables, on_line=counting(counted))
        return self.workspace.outputs()

    def plan(self) -> Plan:
        """What another apply would change."""
        return self.workspace.plan(variables=self.variables)

    def destroy(self, counted: Counted = lambda _done, _all: None) -> None:
        self.workspace.destroy(variables=self.variables, on_line=counting(counted))


def seed_stripe_key(endpoint: Endpoint, name: str, key: str) -> str:
    """Put a Stripe key into Secrets Manager, as an operator would, and return the secret's ARN.

    Local AWS only: there it is a fake key. Terraform has no resource for it, since state would hold it.
    """
    created = endpoint.client("secretsmanager").create_secret(Name=name, SecretString=key)
    return str(created["ARN"])


def seed_partner_event_source(endpoint: Endpoint, name: str, account: str = "000000000000") -> None:
    """Make the partner event source that Stripe would make in this account. Local AWS only.

    On AWS only a partner can do this; Stripe does it when an event destination is created.
    """
    try:
        endpoint.events.create_partner_event_source(Name=name, Account=account)
    except ClientError as error:
        if error.response["Error"].get("Code") != "ResourceAlreadyExistsException":
            raise
