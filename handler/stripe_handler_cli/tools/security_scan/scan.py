"""What is scanned, and what counts as clean.

Three scans: the code as written (root, modules and examples), the plan of the production settings, where most
values are known, and the same plan with a customer-managed key.
"""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.pinned_venv import PinnedVenv
from stripe_handler_cli.tools.security_scan.checkov import Finding, Report, run_checkov
from stripe_handler_cli.tools.security_scan.offline_plan import prepare, write_plan
from stripe_handler_cli.tools.terraform.working_copy import WorkingCopy

OPTIONAL = "Optional, kms_key_arn."
"""The beginning of a suppression's reason that no longer holds once there is a key."""
_UNREAD_HINT = "its parser takes no line break after an operand that begins with `!`, for example"
_NO_REASON = frozenset({"", "No comment provided"})
_VAR_FILE = "environments/production.tfvars.example"
# A plan needs a region, and some file where the zip will be.
_VARIABLES = {"aws_region": "eu-central-1", "lambda_package_path": "versions.tf"}
_KEY = {"kms_key_arn": "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}


@attrs.frozen
class Reports:
    """What the three scans found.

    Attributes:
        plan: In the plan of the production settings, with the suppressions of the code.
        plan_with_key: In the same plan with a key, with no suppressions at all.
    """

    code: Report
    plan: Report
    plan_with_key: Report


def scan(
    terraform: Path,
    source: Path,
    state_directory: Path,
    requirements_path: Path,
    *,
    progress: Callable[[str], None],
) -> None:
    """Scan a Terraform root.

    Args:
        source: The root; only read.
        state_directory: Where Terraform's working copies are kept, and checkov's venv.
        requirements_path: checkov's requirements.

    Raises:
        CliError: A finding, a suppression without a reason, or a scan that did not work.
    """
    state, root = state_directory.resolve(), source.resolve()
    plans = state / "security"
    copy = WorkingCopy(
        terraform=terraform,
        source=root,
        directory=plans / "working-copy",
        shared=state,
        environment={"TF_WORKSPACE": "production"},
    )
    with ThreadPoolExecutor() as pool:
        checkov = PinnedVenv(
            plans / "venv", requirements_path.resolve(), lambda: Path(sys.executable), "checkov", "checkov"
        )
        venv = pool.submit(checkov.ensure, progress)
        progress("terraform plan, without AWS ...")
        prepare(copy)
        plan, plan_with_key = plans / "plan.json", plans / "plan-with-key.json"
        write_plan(copy, plan, var_file=_VAR_FILE, variables=_VARIABLES)
        write_plan(copy, plan_with_key, var_file=_VAR_FILE, variables=_VARIABLES | _KEY)
        python = venv.result()
        progress("checkov ...")
        code = ("--directory", str(root), "--framework", "terraform", "--skip-path", "tests")
        in_plan = ("--framework", "terraform_plan", "--file")
        scans = (
            (*code, "--var-file", str(root / _VAR_FILE)),
            (*in_plan, str(plan), "--repo-root-for-plan-enrichment", str(root)),
            (*in_plan, str(plan_with_key)),
        )
        reports = Reports(*run_checkov(python, scans, plans))
    for line in summary(reports):
        progress(line)
    wrong = problems(reports)
    if wrong:
        raise CliError("\n".join(["The security scan found:", *wrong]))


def problems(reports: Reports) -> list[str]:
    """What is wrong, one line each; empty when the scans are clean."""
    scans = _by_name(reports)
    explained = {
        (finding.check_id, finding.resource)
        for finding in reports.plan.suppressed
        if not finding.reason.startswith(OPTIONAL)
    }
    return [
        *(_line(finding) for finding in (*reports.code.failed, *reports.plan.failed)),
        *(
            f"with a key: {_line(finding)}"
            for finding in reports.plan_with_key.failed
            if (finding.check_id, finding.resource) not in explained
        ),
        *(
            f"{finding.place}: {finding.check_id} is suppressed without a reason"
            for finding in _suppressed(reports)
            if finding.reason in _NO_REASON
        ),
        *(
            f"{path}: checkov cannot read it ({_UNREAD_HINT})"
            for report in scans.values()
            for path in report.unread
        ),
        *(f"the scan of the {name} checked nothing" for name, report in scans.items() if not report.passed),
    ]


def summary(reports: Reports) -> list[str]:
    """What was checked, and each suppression with its reason."""
    counts = (f"{report.passed} passed in the {name}" for name, report in _by_name(reports).items())
    suppressed = {f"{found.check_id} {found.resource}: {found.reason}" for found in _suppressed(reports)}
    return [f"checkov: {', '.join(counts)}", *(f"suppressed: {line}" for line in sorted(suppressed))]


def _by_name(reports: Reports) -> dict[str, Report]:
    return {name.replace("_", " "): getattr(reports, name) for name in attrs.fields_dict(Reports)}


def _suppressed(reports: Reports) -> tuple[Finding, ...]:
    return reports.code.suppressed + reports.plan.suppressed


def _line(finding: Finding) -> str:
    return f"{finding.place}: {finding.check_id} {finding.resource}: {finding.check}"
