"""A deployed stack that is examined, and may be hurt."""

from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.operate.doctor import CHECKS, Result, Site, examine
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint

KEYS = [check.key for check in CHECKS]


@attrs.define
class Patient:
    """The first workspace's stack, and what can be done to it."""

    endpoint: Endpoint
    outputs: dict[str, Any]
    root: Path
    package: Path  # the zip it runs
    asked: set[str] = attrs.Factory(set)  # the operations that the doctor asked for
    _clients: dict[str, Any] = attrs.Factory(dict)

    def client(self, service: str) -> Any:
        """A client of its AWS."""
        return self.endpoint.client(service)

    def site(self, **outputs: Any) -> Site:
        """A site that notes which operations are asked for."""
        endpoint = Endpoint(self.endpoint.variables, self._noting)
        stack = DeployedStack(endpoint, {**self.outputs, **outputs}, self.root)
        return Site(stack, package=self.package, is_package_named=True)

    def _noting(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.client(service)
            self._clients[service].meta.events.register("before-call", self._note)
        return self._clients[service]

    def _note(self, model: Any, **_: Any) -> None:
        self.asked.add(f"{model.service_model.endpoint_prefix}:{model.name}")

    def results(self, **outputs: Any) -> dict[str, Result]:
        """What the doctor finds."""
        return {result.check.key: result for result in examine(self.site(**outputs), KEYS)}

    @property
    def rule(self) -> dict[str, Any]:
        """The rule, as requests name it."""
        return {"EventBusName": self.outputs["event_bus_name"]}

    @property
    def function(self) -> dict[str, Any]:
        """The function, as requests name it."""
        return {"FunctionName": self.outputs["function_name"]}

    @property
    def role(self) -> dict[str, Any]:
        """The role, as requests name it."""
        return {"RoleName": self.outputs["function_role_arn"].rpartition("/")[2]}
