"""What the security scan takes for a finding, and how it reads checkov's answer."""

import json
from pathlib import Path
from typing import Any

import attrs
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.security_scan.checkov import Finding, Report, read_report, run_checkov
from stripe_handler_cli.tools.security_scan.scan import OPTIONAL, Reports, problems, summary

KEYLESS = Finding("CKV_AWS_119", "Use a key", "aws_dynamodb_table.sync", "main.tf:1-9", f"{OPTIONAL} Or not.")
NO_VPC = Finding("CKV_AWS_117", "Use a VPC", "aws_lambda_function.handler", "main.tf:20-40", "Needs none.")
FOUND = Finding("CKV_AWS_27", "Encrypt", "aws_sqs_queue.failure", "queues.tf:3-8")
CLEAN = Report(passed=30, failed=(), suppressed=(KEYLESS, NO_VPC), unread=())
WITH_KEY = Report(passed=33, failed=(attrs.evolve(NO_VPC, reason=""),), suppressed=(), unread=())
REPORTS = Reports(code=CLEAN, plan=CLEAN, plan_with_key=WITH_KEY)


def found(check_id: str, **result: Any) -> dict[str, Any]:
    """One finding as checkov writes it."""
    return {
        "check_id": check_id,
        "check_name": "Encrypt",
        "resource": "aws_sqs_queue.failure",
        "file_path": "/modules/queues/main.tf",
        "file_line_range": [3, 8],
        "check_result": result,
    }


RAW = {
    "summary": {"passed": 7},
    "results": {
        "failed_checks": [found("CKV_AWS_27", result="FAILED")],
        "skipped_checks": [found("CKV_AWS_117", suppress_comment=" Needs none. "), found("CKV_AWS_1")],
        "parsing_errors": ["/broken.tf"],
    },
}


def stand_in(path: Path, body: str) -> Path:
    """A script in the place of the Python that runs checkov."""
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


class TestWhatCounts:
    """Clean, or not."""

    def test_explained_suppressions_are_clean(self) -> None:
        """What is explained beside the resource is no problem, with a key or without; it is told, though."""
        assert problems(REPORTS) == []
        assert summary(REPORTS)[1:] == [
            "suppressed: CKV_AWS_117 aws_lambda_function.handler: Needs none.",
            "suppressed: CKV_AWS_119 aws_dynamodb_table.sync: Optional, kms_key_arn. Or not.",
        ]

    @pytest.mark.parametrize("where", ["code", "plan"])
    def test_a_finding_is_a_problem(self, where: str) -> None:
        """In the code or in the plan; the line says where, what and which check."""
        reports = attrs.evolve(REPORTS, **{where: attrs.evolve(CLEAN, failed=(FOUND,))})
        assert problems(reports) == ["queues.tf:3-8: CKV_AWS_27 aws_sqs_queue.failure: Encrypt"]

    def test_what_a_key_would_cure_must_be_cured_by_a_key(self) -> None:
        """A suppression that says a key is optional does not hold once there is one."""
        forgotten = attrs.evolve(WITH_KEY, failed=(*WITH_KEY.failed, attrs.evolve(KEYLESS, reason="")))
        [line] = problems(attrs.evolve(REPORTS, plan_with_key=forgotten))
        assert line.startswith("with a key: main.tf:1-9: CKV_AWS_119")

    @pytest.mark.parametrize("reason", ["", "No comment provided"])
    def test_a_suppression_without_a_reason_is_a_problem(self, reason: str) -> None:
        """Checkov takes a bare comment; we do not."""
        bare = attrs.evolve(CLEAN, suppressed=(attrs.evolve(NO_VPC, reason=reason),))
        assert "main.tf:20-40: CKV_AWS_117 is suppressed without a reason" in problems(
            attrs.evolve(REPORTS, code=bare)
        )

    def test_what_cannot_be_read_is_a_problem(self) -> None:
        """A file that is skipped for its syntax would be clean for ever."""
        unread = attrs.evolve(CLEAN, unread=("/main.tf",))
        [line] = problems(attrs.evolve(REPORTS, code=unread))
        assert line.startswith("/main.tf: checkov cannot read it")

    @pytest.mark.parametrize("where", ["code", "plan", "plan_with_key"])
    def test_a_scan_of_nothing_is_a_problem(self, where: str) -> None:
        """A wrong path has no findings either."""
        reports = attrs.evolve(REPORTS, **{where: attrs.evolve(CLEAN, passed=0)})
        assert f"the scan of the {where.replace('_', ' ')} checked nothing" in problems(reports)


class TestCheckov:
    """Running it, with a stand-in."""

    def test_its_report_is_read(self) -> None:
        """Counts, findings, reasons and unread files."""
        report = read_report(RAW)
        place = "modules/queues/main.tf:3-8"
        assert report.passed == 7
        assert report.failed == (Finding("CKV_AWS_27", "Encrypt", "aws_sqs_queue.failure", place),)
        assert [finding.reason for finding in report.suppressed] == ["Needs none.", ""]
        assert report.unread == ("/broken.tf",)

    @pytest.mark.parametrize("exit_code", [0, 1])
    def test_findings_are_an_answer(self, tmp_path: Path, exit_code: int) -> None:
        """Exit code 1 means findings, not failure."""
        (tmp_path / "report.json").write_text(json.dumps(RAW), encoding="utf-8")
        # The last argument is the scans, each with the name of the file for its report before it.
        into = """for file in $(echo "$3" | tr , '\\n' | grep -o '/[^"]*/[01]"' | tr -d '"')"""
        body = f"{into}; do cat {tmp_path}/report.json > $file; done; exit {exit_code}"
        python = stand_in(tmp_path / "python", body)
        scans = (["--file", "plan.json"], ["--file", "other.json"])
        assert run_checkov(python, scans, tmp_path) == [read_report(RAW)] * 2

    @pytest.mark.parametrize("body", ["echo 'no such option' >&2; exit 2", "echo surprise", "echo '{}'"])
    def test_anything_else_is_a_failure(self, tmp_path: Path, body: str) -> None:
        """A checkov that fails must not look like a clean one."""
        with pytest.raises(CliError, match="checkov failed"):
            run_checkov(stand_in(tmp_path / "python", body), [["--file", "plan.json"]], tmp_path)

    def test_a_persons_settings_do_not_count(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither an account (which would upload) nor a configuration of one's own."""
        monkeypatch.setenv("BC_API_KEY", "invented")
        monkeypatch.setenv("CKV_SKIP_CHECK", "CKV_AWS_27")
        python = stand_in(tmp_path / "python", 'echo "$HOME $BC_API_KEY$CKV_SKIP_CHECK" >&2; exit 3')
        with pytest.raises(CliError) as caught:
            run_checkov(python, [], tmp_path)
        assert str(caught.value).splitlines()[1] == str(tmp_path)
