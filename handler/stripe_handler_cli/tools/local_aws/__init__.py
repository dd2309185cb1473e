"""Local AWS: starts and stops MiniStack in a venv of its own, with the AWS behaviours it lacks.

`control.py` is what the rest of the CLI uses. `run_emulator.py` and `emulator/` run in the emulator's
venv, not in this one: they may import the standard library and MiniStack, nothing of this package.
"""

from stripe_handler_cli.tools.local_aws.control import lambda_workers, start, status, stop
from stripe_handler_cli.tools.local_aws.processes import kill_lambda_worker
from stripe_handler_cli.tools.local_aws.running import DEFAULT_STATE_DIRECTORY, LocalAws

__all__ = [
    "DEFAULT_STATE_DIRECTORY",
    "LocalAws",
    "kill_lambda_worker",
    "lambda_workers",
    "start",
    "status",
    "stop",
]
