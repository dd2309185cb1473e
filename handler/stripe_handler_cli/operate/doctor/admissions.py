"""Whom a resource's own policy lets in: those it should, and nobody else. Pure."""

from collections.abc import Iterable

import attrs

from stripe_handler_cli.operate.doctor.arns import short
from stripe_handler_cli.operate.doctor.check import Finding, failed, passed
from stripe_handler_cli.operate.doctor.commands import APPLY
from stripe_handler_cli.operate.doctor.policies import Condition, Statement

_SAME_VALUE = frozenset({"arnequals", "arnlike", "stringequals", "stringlike"})
_TLS_ONLY: frozenset[Condition] = frozenset({("bool", "aws:securetransport", ("false",))})


@attrs.frozen
class Admission:
    """One service that a resource's policy lets do one thing, for one source."""

    service: str  # as `events.amazonaws.com`
    action: str  # as `sqs:SendMessage`
    condition_key: str  # what tells the source, as `aws:SourceArn`
    source: str


@attrs.frozen
class PolicyFacts:
    """A resource's policy."""

    of: str  # what it belongs to, for messages
    statements: tuple[Statement, ...] | None  # None where the resource does not exist
    expected: tuple[Admission, ...]  # who is to be let in, and nobody else
    belongs_to: str = ""  # its name, for commands that need it


def rules_may(action: str, rules: Iterable[str]) -> tuple[Admission, ...]:
    """EventBridge may do that, for these rules."""
    return tuple(Admission("events.amazonaws.com", action, "aws:SourceArn", rule) for rule in rules)


def unlike(
    statements: Iterable[Statement], wanted: Iterable[Admission]
) -> tuple[list[Admission], list[Statement]]:
    """Compare a resource's policy with who should be let in.

    A statement that denies plain HTTP is neither here nor there.

    Returns:
        The admissions that are missing, and the statements that belong to none.
    """
    missing = list(wanted)
    strange = []
    for statement in statements:
        fitting = [admission for admission in wanted if _admits(statement, admission)]
        if fitting:
            missing = [admission for admission in missing if admission not in fitting]
        elif not (statement.effect == "Deny" and statement.conditions == _TLS_ONLY):
            strange.append(statement)
    return missing, strange


def _admits(statement: Statement, admission: Admission) -> bool:
    if statement.effect != "Allow" or statement.inverted or len(statement.conditions) != 1:
        return False
    [(operator, key, values)] = statement.conditions
    return (
        statement.principals == {f"Service:{admission.service}"}
        and statement.actions == {admission.action.lower()}
        and operator in _SAME_VALUE
        and key == admission.condition_key.lower()
        and values == (admission.source,)
    )


def judge_policy(facts: PolicyFacts, strange_fix: str = APPLY) -> Finding:
    """Judge a resource's policy; `strange_fix` removes a statement that does not belong there."""
    if facts.statements is None:
        return failed(f"there is no {facts.of}")
    missing, strange = unlike(facts.statements, facts.expected)
    if missing:
        return failed(
            "; ".join(f"{one.service} may not {one.action} for {short(one.source)}" for one in missing)
        )
    if strange:
        found = f"wider or other than needed: {', '.join(statement.sid for statement in strange)}"
        return failed(found, strange_fix, statement_id=strange[0].sid, belongs_to=facts.belongs_to)
    if not facts.expected:
        return passed("nobody is let in but by the account's own IAM policies")
    return passed("only " + "; ".join(f"{one.service} for {short(one.source)}" for one in facts.expected))
