"""The person on call, for tests: sees alarms begin and end, and types the runbook's commands into a shell."""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.lab.deployment import Deployment
from stripe_handler_cli.tools.terraform.process import child_environment

_POLL_SECONDS = 0.25
_COMMAND_SECONDS = 240
_QUIET_SECONDS = "3"


@attrs.frozen
class Alarms:
    """A stack's alarms.

    Attributes:
        cloudwatch: A CloudWatch client.
        names: Alarm name by key, Terraform's output.
    """

    cloudwatch: Any
    names: Mapping[str, str]

    def in_state(self, keys: Iterable[str], state: str) -> set[str]:
        """Those of the alarms that are in a state now."""
        keys = {self.names[key]: key for key in keys}
        pages = self.cloudwatch.get_paginator("describe_alarms").paginate(AlarmNames=sorted(keys))
        found = [alarm for page in pages for alarm in page["MetricAlarms"]]
        assert len(found) == len(keys)
        return {keys[alarm["AlarmName"]] for alarm in found if alarm["StateValue"] == state}

    def have_fired(self, keys: Iterable[str], since: dt.datetime) -> set[str]:
        """Those that are in ALARM, or were since then: a short one may be over when somebody looks."""
        keys = set(keys)
        pages = self.cloudwatch.get_paginator("describe_alarm_history").paginate(
            HistoryItemType="StateUpdate", StartDate=since
        )
        fired = {
            item["AlarmName"]
            for page in pages
            for item in page["AlarmHistoryItems"]
            if item["HistorySummary"].endswith("to ALARM")
        }
        return self.in_state(keys, "ALARM") | {key for key in keys if self.names[key] in fired}

    def fired(self, keys: Iterable[str], since: dt.datetime, patience_seconds: float) -> set[str]:
        """Those that fire before patience ends."""
        return _those(keys, lambda waiting: self.have_fired(waiting, since), patience_seconds)

    def cleared(self, keys: Iterable[str], patience_seconds: float) -> set[str]:
        """Those that are OK before patience ends."""
        return _those(keys, lambda waiting: self.in_state(waiting, "OK"), patience_seconds)


def _those(keys: Iterable[str], hold: Callable[[set[str]], set[str]], patience_seconds: float) -> set[str]:
    deadline = time.monotonic() + patience_seconds
    waiting, found = set(keys), set()
    while waiting:
        found |= hold(waiting)
        waiting -= found
        if time.monotonic() > deadline:
            break
        time.sleep(_POLL_SECONDS)
    return found


@attrs.frozen
class Ran:
    """A command that was run.

    Attributes:
        exit_code: Its exit code.
        output: What it printed, errors included.
        seconds: How long it took.
    """

    exit_code: int
    output: str
    seconds: float


@attrs.frozen
class Shell:
    """A checkout with the environment's Terraform root, as the runbook wants one.

    Attributes:
        directory: Where commands are typed.
        environment: Environment variables.
    """

    directory: Path
    environment: Mapping[str, str]

    @classmethod
    def of(cls, directory: Path, deployment: Deployment) -> "Shell":
        """Lay out a directory whose `terraform/` is the deployment's root, with its tfvars file in place.

        Args:
            directory: An empty directory.
            deployment: The stack.
        """
        workspace = deployment.workspace
        (directory / "terraform").symlink_to(workspace.directory)
        tools = directory / "bin"
        tools.mkdir()
        (tools / "terraform").symlink_to(shutil.which(str(workspace.terraform)) or workspace.terraform)
        # JSON's values are values of a tfvars file too.
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in deployment.variables.items()]
        file = workspace.directory / "environments" / f"{workspace.name}.tfvars"
        file.write_text("".join(lines), encoding="utf-8")
        path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])
        own = {
            **deployment.endpoint.variables,
            "PATH": path,
            # Where a person's commands keep what must stay; not this person's.
            "XDG_STATE_HOME": str(directory / "state"),
            "ENVIRONMENT": workspace.name,
            "TF_CLI_ARGS_apply": "-auto-approve -no-color",
        }
        return cls(directory, child_environment(own))

    def run(self, line: str, **variables: str) -> Ran:
        """Type one command.

        A replay is followed for a shorter time than on AWS, where events take longer.
        """
        typed = f"{line} --quiet-seconds {_QUIET_SECONDS}" if "stripe-handler replay" in line else line
        began = time.monotonic()
        completed = subprocess.run(  # noqa: S603 - the commands of our own page
            ["/bin/sh", "-c", typed],
            cwd=self.directory,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
        return Ran(completed.returncode, completed.stdout, time.monotonic() - began)
