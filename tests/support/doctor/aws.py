"""A stand-in for AWS, of any service, and the doctor in front of it."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

import attrs
from botocore.exceptions import ClientError

from stripe_handler_cli.operate.doctor import Result, Site, examine
from stripe_handler_cli.operate.doctor.check import Check
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint

ACCOUNT = "123456789012"


@attrs.define
class Aws:
    """Clients that answer what they are told to, and refuse everything else.

    Attributes:
        answers: Operation (boto3's name) → answer, error, or what makes the answer of the request; the pages
            of an operation that is asked by a paginator.
        asked: Every operation asked for.
    """

    answers: dict[str, Any] = attrs.Factory(dict)
    asked: Counter[str] = attrs.Factory(Counter)

    def __getattr__(self, name: str) -> Any:
        """Any operation of any service."""
        if name.startswith("__"):
            raise AttributeError(name)

        def call(**request: Any) -> Any:
            self.asked[name] += 1
            answer = self.answers.get(name)
            if answer is None:
                raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, name)
            if isinstance(answer, Exception):
                raise answer
            return answer(**request) if callable(answer) else answer

        return call

    def get_paginator(self, operation: str) -> Any:
        """Every page at once."""
        return SimpleNamespace(paginate=getattr(self, operation))

    def site(self, outputs: dict[str, Any], **changes: Any) -> Site:
        """A stack in that AWS; whoever asks is known there."""
        self.answers.setdefault("get_caller_identity", {"Account": ACCOUNT})
        return Site(DeployedStack(Endpoint({}, lambda _: self), outputs), **changes)


def examined(check: Check[Any], outputs: dict[str, Any], **answers: Any) -> Result:
    """What one check finds in an AWS with these answers."""
    [result] = examine(Aws(answers).site(outputs), [check.key])
    return result
