"""What the doctor finds in plain facts: each check passes what is right and names what is wrong."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import attrs
import pytest

from stripe_handler_cli.operate.doctor.areas import CHECKS
from stripe_handler_cli.operate.doctor.check import Check, Status
from stripe_handler_cli.operate.doctor.commands import APPLY, fill_in
from support.doctor import events, function, hearing, permissions, state


@attrs.frozen
class Case:
    """Facts, and what is to be found in them."""

    check: Check[Any]
    facts: Any
    status: Status
    words: str
    fix: str | None = None

    def __str__(self) -> str:
        """Its name in pytest's output."""
        return f"{self.check.key}-{self.status}-{self.words}".replace(" ", "_")


TABLES = (events.CASES, function.CASES, hearing.CASES, permissions.CASES, state.CASES)
CASES = [Case(check, *row) for table in TABLES for check, rows in table.items() for row in rows]
OUTPUTS = set(
    re.findall(
        r'^output "(\w+)"',
        (Path(__file__).parents[4] / "terraform/modules/pipeline/outputs.tf").read_text("utf-8"),
        re.MULTILINE,
    )
)
ELSEWHERE = {"apply", "settings", "stack_options", "role_name", "key_variable", "stripe_version"}
"""Placeholders that `examination` fills in besides Terraform's outputs."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_judgement(case: Case) -> None:
    """Status, words and remedy."""
    finding = case.check.judge(case.facts)
    assert (finding.status, finding.fix) == (case.status, case.fix), finding.found
    assert case.words in finding.found


def test_every_check_has_a_case_that_passes_and_one_that_does_not() -> None:
    """A check that cannot fail, or cannot pass, is none."""
    seen = defaultdict(set)
    for case in CASES:
        seen[case.check.key].add(case.status is Status.PASS)
    assert seen == {check.key: {True, False} for check in CHECKS}


def test_every_remedy_is_one_the_checklist_lists() -> None:
    """The page shows every command the doctor may name, and no other."""
    named = defaultdict(set)
    for case in CASES:
        finding = case.check.judge(case.facts)
        if finding.fix is not None:
            named[case.check.key].add(finding.fix)
    assert named == {check.key: set(check.fixes) for check in CHECKS}


@pytest.mark.parametrize("case", [case for case in CASES if case.fix], ids=str)
def test_every_placeholder_of_a_remedy_has_a_value(case: Case) -> None:
    """An output of the stack, or what the finding itself names: the command can be run as it stands."""
    finding = case.check.judge(case.facts)
    placeholders = set(re.findall(r"(?<!\{)\{(\w+)\}", finding.fix or ""))
    assert placeholders <= OUTPUTS | ELSEWHERE | finding.names.keys()


def test_keys_are_names_for_the_command_line() -> None:
    """Each once, in lower case with hyphens."""
    keys = [check.key for check in CHECKS]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", key) for key in keys)


def test_a_command_is_quoted_for_the_shell() -> None:
    """What AWS or a person named is never run."""
    names = {"table_name": "x; rm -rf ~", "environment": "staging"}
    phrases = {"apply": "terraform apply -var-file=environments/{environment}.tfvars"}
    assert fill_in("aws {table_name}", names, phrases) == "aws 'x; rm -rf ~'"
    assert fill_in(APPLY, names, phrases) == "terraform apply -var-file=environments/staging.tfvars"


def test_a_name_nobody_knows_stays_a_word_in_capitals() -> None:
    """So that the command still tells what is wanted."""
    assert fill_in("aws {rule_name} {role_name}", {"role_name": None}, {}) == "aws RULE_NAME ROLE_NAME"
