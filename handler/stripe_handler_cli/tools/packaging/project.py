"""Where the project's checkout is, and what its `pyproject.toml` says. Reads files, decides nothing."""

import tomllib
from pathlib import Path
from typing import Any

from stripe_handler_cli.common.errors import CliError

LIBRARY_PACKAGE = Path("handler/stripe_subscription_handler")


def find_project_root(start: Path) -> Path:
    """Return the nearest directory, from `start` upwards, that is a checkout of this project.

    Raises:
        CliError: `start` is not inside a checkout; the zip is built from sources, not from an
            installed package.
    """
    resolved = start.resolve()
    for directory in (resolved, *resolved.parents):
        if (directory / "pyproject.toml").is_file() and (directory / LIBRARY_PACKAGE).is_dir():
            return directory
    raise CliError(
        f"{resolved} is not inside a checkout of stripe-subscription-handler: run this command in one, "
        "or name it with --project"
    )


def project_table(project_root: Path) -> dict[str, Any]:
    """Return the `[project]` table of the checkout's `pyproject.toml`."""
    document = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))
    table: dict[str, Any] = document["project"]
    return table
