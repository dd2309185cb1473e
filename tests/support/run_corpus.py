"""Puts the fuzz corpus through the function's own code, one mutant after the other, in one process.

    python -m support.run_corpus SIZE PROFILE_TABLE SYNC_TABLE

Talks to the DynamoDB of the environment's `AWS_ENDPOINT_URL`. Writes one JSON line a mutant; a process that
died would write fewer.
"""

import io
import json
import resource
import sys
from typing import Any

from stripe_subscription_handler.app import Runtime, handle
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.dynamodb.clients import dynamodb_client
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.errors import HandlerError, InvalidEventError, UnexpectedError
from stripe_subscription_handler.logger import make_logger
from support.corpus import Mutant, corpus


def outcome_of(mutant: Mutant, runtime: Runtime, output: io.StringIO) -> dict[str, Any]:
    """Hand one mutant to the function: what it answered or raised, and what it logged."""
    output.seek(0)
    output.truncate()
    found: dict[str, Any] = {"number": mutant.number, "damage": mutant.damage, "origin": mutant.origin}
    try:
        answer = handle(json.loads(mutant.text), runtime)
        found |= {"decision": answer["decision"], "reason": answer["reason"]}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what this run is about
        found |= {
            "decision": "error",
            "reason": str(error),
            "error_type": type(error).__name__,
            "is_foreseen": isinstance(error, HandlerError) and not isinstance(error, UnexpectedError),
            "field": error.field if isinstance(error, InvalidEventError) else None,
        }
    return found | {"lines": [json.loads(line) for line in output.getvalue().splitlines()]}


MOST_MEMORY_BYTES = 2_000_000_000
"""More would be a leak, in the library or in the corpus; the run then ends with an error of its own."""


def main(size: int, profile_table: str, sync_table: str) -> None:
    """Run the corpus and write its outcomes to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    config = Config(table_name=profile_table, sync_table_name=sync_table)
    output = io.StringIO()
    runtime = Runtime(Store(dynamodb_client(), config), config, make_logger(output=output))
    for mutant in corpus(size):
        sys.stdout.write(json.dumps(outcome_of(mutant, runtime, output)) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:4])
