"""Incidents of a deployed stack: something breaks, alarms fire, somebody does what the runbook says."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from support import runbook
from support.lives import Life
from support.on_call import Alarms, Ran, Shell

_SECTIONS = runbook.sections()
_FIRE_SECONDS, _CLEAR_SECONDS = 90, 90


def environment_of(endpoint: Endpoint, function_name: str) -> dict[str, str]:
    """A function's environment."""
    found: Any = endpoint.functions.get_function_configuration(FunctionName=function_name)
    return dict(found["Environment"]["Variables"])


def set_environment(endpoint: Endpoint, function_name: str, variables: Mapping[str, str]) -> None:
    """Give a function another environment, past Terraform."""
    endpoint.functions.update_function_configuration(
        FunctionName=function_name, Environment={"Variables": variables}
    )


def reconfigure(endpoint: Endpoint, function_name: str, **environment: str) -> None:
    """Change a function's environment, past Terraform."""
    set_environment(endpoint, function_name, environment_of(endpoint, function_name) | environment)


@attrs.frozen
class Incident:
    """What happened to a stack, and what came of it.

    Attributes:
        fired: Alarms that fired.
        ran: Command → how it ended, in the order in which they were typed.
        cleared: Alarms that were OK in the end.
    """

    fired: set[str]
    ran: Mapping[str, Ran]
    cleared: set[str]


@attrs.frozen
class Scene:
    """A stack, and the person who is called when it hurts.

    Attributes:
        endpoint: The AWS.
        pipeline: The stack.
        shell: Where commands are typed.
    """

    endpoint: Endpoint
    pipeline: Pipeline
    shell: Shell

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Terraform's outputs."""
        return self.pipeline.outputs

    @property
    def alarms(self) -> Alarms:
        """The stack's alarms."""
        return Alarms(self.endpoint.client("cloudwatch"), self.outputs["alarm_names"])

    @property
    def function_name(self) -> str:
        """The function."""
        return str(self.outputs["function_name"])

    def live_through(
        self,
        keys: tuple[str, ...],
        cause: Callable[[], Mapping[str, str]],
        repair: Callable[[], None] = lambda: None,
    ) -> Incident:
        """Cause the alarms, run their sections' commands, and see whether they clear.

        Args:
            keys: The alarms.
            cause: Causes them; returns the shell variables that the commands use.
            repair: What the page asks for that is no command.
        """
        began = dt.datetime.now(dt.UTC)
        variables = cause()
        fired = self.alarms.fired(keys, began, _FIRE_SECONDS)
        first = [line for key in keys for line in _SECTIONS[key].blocks[0]]
        rest = [line for key in keys for block in _SECTIONS[key].blocks[1:] for line in block]
        ran = {line: self.shell.run(line, **variables) for line in dict.fromkeys(first)}
        repair()
        ran |= {line: self.shell.run(line, **variables) for line in dict.fromkeys(rest)}
        return Incident(fired, ran, self.alarms.cleared(keys, _CLEAR_SECONDS))

    def reconfigure(self, function_name: str | None = None, **environment: str) -> None:
        """Change the environment of the function, or of another one, past Terraform."""
        reconfigure(self.endpoint, function_name or self.function_name, **environment)

    def set_queue(self, output: str, **attributes: str) -> None:
        """Change a queue, past Terraform."""
        self.endpoint.queues.set_queue_attributes(
            QueueUrl=self.outputs[output],
            Attributes=attributes,  # type: ignore[arg-type]
        )

    def messages(self, output: str) -> int:
        """How many messages a queue holds, hidden ones included."""
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found: Any = self.endpoint.queues.get_queue_attributes(
            QueueUrl=self.outputs[output], AttributeNames=names
        )
        return sum(int(found["Attributes"][name]) for name in names)

    def wait_for_messages(self, output: str, count: int) -> None:
        """Wait until a queue holds so many."""
        wait_for(lambda: self.messages(output) >= count or None, f"{count} messages in {output}", 60)

    def status(self, life: Life) -> Any:
        """The subscription status in a life's profile."""
        return self.pipeline.profile(life.user_id).get("subscriptionStatus")
