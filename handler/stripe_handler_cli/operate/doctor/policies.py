"""IAM policy documents as sets, so that they can be compared instead of searched. Pure.

A role's document becomes grants; a resource's is judged by whom it lets in: those it should, and nobody else.
Only the few forms that this project writes are known. One that cannot be compared is never taken for the
expected one.
"""

import fnmatch
import json
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from stripe_handler_cli.operate.doctor.arns import short
from stripe_handler_cli.operate.doctor.check import Finding, failed, passed
from stripe_handler_cli.operate.doctor.commands import APPLY

Condition = tuple[str, str, tuple[str, ...]]
"""Operator, key (both in lower case) and values."""
_SAME_VALUE = frozenset({"arnequals", "arnlike", "stringequals", "stringlike"})
_TLS_ONLY: frozenset[Condition] = frozenset({("bool", "aws:securetransport", ("false",))})


@attrs.frozen
class Statement:
    """One statement of a policy."""

    sid: str  # its id, or what stands for it in messages
    effect: str  # `Allow` or `Deny`
    principals: frozenset[str]  # as `Service:events.amazonaws.com` or `*`; empty in a role's own policy
    actions: frozenset[str]  # in lower case, as IAM compares them
    resources: frozenset[str]  # ARNs
    conditions: frozenset[Condition]  # all must hold
    inverted: bool  # it says to whom or what it does *not* apply


@attrs.frozen(order=True)
class Grant:
    """One action that a role may do on one resource."""

    action: str  # in lower case
    resource: str  # an ARN, or `*`
    conditions: tuple[Condition, ...] = ()  # under which

    def __str__(self) -> str:
        """As in `dynamodb:getitem on table/profiles`."""
        limited = " (under conditions)" if self.conditions else ""
        return f"{self.action} on {short(self.resource)}{limited}"


def parse_policy(document: str | Mapping[str, Any] | None) -> tuple[Statement, ...]:
    """Read a policy document; none has no statements.

    Raises:
        ValueError: It is no policy document.
    """
    if not document:
        return ()
    found = json.loads(document) if isinstance(document, str) else document
    statements = found.get("Statement", []) if isinstance(found, Mapping) else None
    if isinstance(statements, Mapping):
        statements = [statements]
    if not isinstance(statements, list) or not all(isinstance(one, Mapping) for one in statements):
        raise ValueError("a policy document without statements")
    return tuple(_statement(one, number) for number, one in enumerate(statements, 1))


def grants_of(statements: Iterable[Statement]) -> tuple[frozenset[Grant], list[Statement]]:
    """Take a role's statements apart.

    Returns:
        What is allowed, and the statements that cannot be put so: denials, and those that say what they do
        not apply to.
    """
    statements = list(statements)
    strange = [one for one in statements if one.effect != "Allow" or one.inverted]
    grants = frozenset(
        Grant(action, resource, tuple(sorted(one.conditions)))
        for one in statements
        if one not in strange
        for action in one.actions
        for resource in one.resources
    )
    return grants, strange


def is_covered(wanted: Grant, grants: Iterable[Grant]) -> bool:
    """Whether a grant is among others, or within the wildcards of one."""
    return any(
        fnmatch.fnmatchcase(wanted.action, grant.action)
        and fnmatch.fnmatchcase(wanted.resource, grant.resource)
        and grant.conditions in ((), wanted.conditions)
        for grant in grants
    )


def _statement(raw: Mapping[str, Any], number: int) -> Statement:
    return Statement(
        sid=str(raw.get("Sid") or f"statement {number}"),
        effect=str(raw.get("Effect")),
        principals=_principals(raw.get("Principal")),
        actions=frozenset(action.lower() for action in _texts(raw.get("Action"))),
        resources=frozenset(_texts(raw.get("Resource"))),
        conditions=frozenset(
            (operator.lower(), key.lower(), tuple(sorted(_texts(values))))
            for operator, keys in (raw.get("Condition") or {}).items()
            for key, values in keys.items()
        ),
        inverted=any(name in raw for name in ("NotAction", "NotPrincipal", "NotResource")),
    )


def _principals(raw: Any) -> frozenset[str]:
    if isinstance(raw, Mapping):
        return frozenset(f"{kind}:{name}" for kind, names in raw.items() for name in _texts(names))
    return frozenset(_texts(raw))


def _texts(raw: Any) -> list[str]:
    """A value or a list of them; IAM takes both."""
    if raw is None:
        return []
    values = raw if isinstance(raw, list) else [raw]
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values]


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
