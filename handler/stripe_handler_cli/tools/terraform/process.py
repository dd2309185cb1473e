"""Runs one Terraform command, line by line, and turns a failure into a message. Knows no command by name."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs

from stripe_handler_cli.common.errors import CliError

_STOP_SECONDS = 120
_KEPT_ERROR_LINES = 60
_BOX = "╷│╵ "
# A person's settings that would change what our commands do: another workspace, extra arguments, another
# data directory.
_DROPPED = frozenset({"TF_WORKSPACE", "TF_DATA_DIR", "TF_CLI_ARGS"})
_DROPPED_PREFIXES = ("TF_CLI_ARGS_", "TF_VAR_")
# Against local AWS, a person's own profile or session would be taken before the dummy keys, or with them.
_DROPPED_WITH_AN_ENDPOINT = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL")


def child_environment(own: Mapping[str, str], *, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a Terraform process.

    Args:
        own: What the caller sets, AWS settings among them; it wins over everything inherited.
    """
    drop_aws = "AWS_ENDPOINT_URL" in own
    dropped_prefixes = _DROPPED_PREFIXES + (_DROPPED_WITH_AN_ENDPOINT if drop_aws else ())
    kept = {
        name: value
        for name, value in inherited.items()
        if name not in _DROPPED and not name.startswith(dropped_prefixes)
    }
    # Terraform warns on every command about a configuration file that is named but missing.
    configuration = kept.get("TF_CLI_CONFIG_FILE")
    if configuration is not None and not Path(configuration).is_file():
        del kept["TF_CLI_CONFIG_FILE"]
    settings = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
    # Go collects its garbage at every doubling, a third of the time of a test; so it takes 550 MB, not 340.
    settings |= {"GOGC": kept.get("GOGC", "400")}
    if drop_aws:
        settings["AWS_EC2_METADATA_DISABLED"] = "true"
    return kept | settings | dict(own)


@attrs.frozen
class Completed:
    """A command that has ended, and what it printed."""

    exit_code: int
    text: str


def run(
    command: Sequence[str],
    *,
    directory: Path,
    environment: Mapping[str, str],
    on_line: Callable[[str], None] | None = None,
) -> Completed:
    """Run a command to its end, handing over each line as it comes.

    When this process is interrupted, Terraform is given time to write its state.
    """
    lines = []
    with subprocess.Popen(  # noqa: S603 - our own arguments, no shell
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            for raw in process.stdout or ():
                line = raw.rstrip()
                lines.append(line)
                if on_line is not None and line:
                    on_line(line)
        except BaseException as error:
            # A terminal interrupts Terraform as well; a second signal would make it give up at once.
            if not isinstance(error, KeyboardInterrupt):
                process.terminate()
            # A killed Terraform loses track of what it has created; one that may finish records it first.
            try:
                process.communicate(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
    return Completed(process.returncode, "\n".join(lines))


def capture(
    command: Sequence[str], *, directory: Path, environment: Mapping[str, str], given: str = ""
) -> Completed:
    """Run a short command whose standard output is data; warnings on the other stream stay out of it.

    Args:
        given: What it reads from its standard input.
    """
    completed = subprocess.run(  # noqa: S603 - our own arguments, no shell
        command,
        cwd=directory,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    text = completed.stdout if completed.returncode == 0 else completed.stdout + completed.stderr
    return Completed(completed.returncode, text)


def failure(what: str, completed: Completed) -> CliError:
    """The error to raise for a command that failed: what it was, and what Terraform says is wrong."""
    lines = completed.text.splitlines()
    first = next((index for index, line in enumerate(lines) if line.strip(_BOX).startswith("Error")), 0)
    said = "\n".join(line.strip(_BOX) for line in lines[first:][-_KEPT_ERROR_LINES:]).strip()
    return CliError(f"{what} failed (exit code {completed.exit_code}):\n{said}")
