"""Runs one Terraform command, line by line, and turns a failure into a message. Knows no command by name."""

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs

from stripe_handler_cli.common.errors import CliError

_STOP_SECONDS = 120
_KEPT_ERROR_LINES = 60
_BOX = "╷│╵ "


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
        list(command),
        cwd=directory,
        env=dict(environment),
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
        except KeyboardInterrupt:
            # A terminal sends the same interrupt to Terraform; a second signal would make it give up at once.
            _wait(process)
            raise
        except BaseException:
            process.terminate()
            _wait(process)
            raise
    return Completed(process.returncode, "\n".join(lines))


def capture(
    command: Sequence[str], *, directory: Path, environment: Mapping[str, str], given: str = ""
) -> Completed:
    """Run a short command whose standard output is data; warnings on the other stream stay out of it.

    Args:
        command: The command.
        directory: Where it runs.
        environment: All of its environment.
        given: What it reads from its standard input.
    """
    completed = subprocess.run(  # noqa: S603 - our own arguments, no shell
        list(command),
        cwd=directory,
        env=dict(environment),
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    text = completed.stdout if completed.returncode == 0 else completed.stdout + completed.stderr
    return Completed(completed.returncode, text)


def failure(what: str, completed: Completed) -> CliError:
    """Return the error to raise for a command that failed: what it was, and what Terraform says is wrong."""
    lines = completed.text.splitlines()
    first = next((index for index, line in enumerate(lines) if line.strip(_BOX).startswith("Error")), 0)
    said = "\n".join(line.strip(_BOX) for line in lines[first:][-_KEPT_ERROR_LINES:]).strip()
    return CliError(f"{what} failed (exit code {completed.exit_code}):\n{said}")


def _wait(process: subprocess.Popen[str]) -> None:
    # A killed Terraform loses track of what it has created; one that may finish records it first.
    try:
        process.communicate(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
