"""Runs MiniStack with our replacements in this process until it is told to stop."""

import os
import sys


def run() -> None:
    """Serve until SIGTERM or SIGINT, then stop the Lambda workers too."""
    # MiniStack reads its settings while it is imported, so its imports stand here, after ours are set.
    from ministack import app  # noqa: PLC0415
    from ministack.core import lambda_runtime  # noqa: PLC0415

    from . import replacements, settings  # noqa: PLC0415

    # Lambda workers inherit this process's environment; these are the emulator's own matter.
    os.environ.pop("LOG_LEVEL", None)
    replacements.install(settings.WITHOUT)
    sys.argv = ["ministack"]
    try:
        app.main()
    finally:
        lambda_runtime.reset()
