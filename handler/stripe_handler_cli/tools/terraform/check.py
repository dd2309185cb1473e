"""What `make test` runs on the Terraform code: format, validate, test, and validate each example.

An example that needs another provider than AWS's is only checked for its format.
"""

import functools
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs

from stripe_handler_cli.tools.terraform.attached_provider import attached
from stripe_handler_cli.tools.terraform.working_copy import WorkingCopy

# The one test of how the root refuses the workspace `default`, which is what a fresh copy has.
_DEFAULT_WORKSPACE_TESTS = "tests/default_workspace"
_PROVIDER = re.compile(r'^\s*source\s*=\s*"([^"]+)"', re.MULTILINE)


def check(
    terraform: Path,
    source: Path,
    state_directory: Path,
    *,
    progress: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run every check on the Terraform root `source`, leaving nothing in it."""
    copy = WorkingCopy(
        terraform=terraform,
        source=source,
        directory=state_directory.resolve() / "check",
        shared=state_directory.resolve(),
        environment={"TF_WORKSPACE": "development", **(environment or {})},
    )

    def step(name: str, work: Callable[[], object]) -> None:
        start_seconds = time.monotonic()
        progress(f"{name} ...")
        work()
        progress(f"{name}: passed in {time.monotonic() - start_seconds:.1f} s")

    step("terraform fmt -check", copy.fmt_check)
    copy.refresh()
    step("terraform init", lambda: copy.init(backend=False))
    with attached(copy) as quick:
        _check_everything(quick, source, step, progress)


def _check_everything(
    copy: WorkingCopy,
    source: Path,
    step: Callable[[str, Callable[[], object]], None],
    progress: Callable[[str], None],
) -> None:
    """What needs the provider's schema, and nothing of AWS."""
    step("terraform validate", copy.validate)
    for example in sorted({path.parent for path in source.glob("examples/*/*.tf")}):
        foreign = foreign_providers(example)
        if foreign:
            progress(
                f"examples/{example.name}: its formatting alone is checked; it needs {', '.join(foreign)}"
            )
            continue
        validate = functools.partial(_validate, copy, f"examples/{example.name}")
        step(f"terraform validate examples/{example.name}", validate)
    step("terraform test", lambda: copy.test(on_line=progress))
    for tests in sorted(source.glob("modules/*/tests")):
        folder = f"modules/{tests.parent.name}"
        step(f"terraform validate {folder}", functools.partial(_validate, copy, folder))
        step(f"terraform test {folder}", functools.partial(copy.test, on_line=progress, folder=folder))
    if (source / _DEFAULT_WORKSPACE_TESTS).is_dir():
        in_default = attrs.evolve(copy, environment={**copy.environment, "TF_WORKSPACE": "default"})
        step(
            "terraform test in the workspace default",
            lambda: in_default.test(on_line=progress, test_directory=_DEFAULT_WORKSPACE_TESTS),
        )


def foreign_providers(folder: Path) -> list[str]:
    """The providers besides AWS's that a folder's `versions.tf` requires; none of them is at hand here."""
    path = folder / "versions.tf"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return sorted(set(_PROVIDER.findall(text)) - {"hashicorp/aws"})


def _validate(copy: WorkingCopy, folder: str) -> None:
    copy.init(backend=False, folder=folder)
    copy.validate(folder=folder)
