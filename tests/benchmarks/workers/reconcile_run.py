"""Runs one command of `stripe-handler` from some checkout: `reconcile_run.py HANDLER RECORD ARGUMENT…`.

HANDLER is the folder with the packages. Where RECORD is not `-`, all requests that write to DynamoDB go into
that file too, a line of JSON each. Printed is a line of JSON: seconds, CPU seconds, MiB at most, requests by
operation, exit code, and the command's summary.
"""

import io
import json
import re
import sys
import threading
import time
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

handler, record, *arguments = sys.argv[1:]
sys.path.insert(0, handler)

from botocore.client import BaseClient  # noqa: E402 - after the path is set

from stripe_handler_cli.cli import cli  # noqa: E402 - found on the path just set

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})
_KIB = 1024


def most_kib() -> int:
    """The most memory it had so far; `getrusage` would count that of the process it was forked from."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    return int(found[1]) if found else 0


def main() -> None:
    """Run it."""
    counts: Counter[str] = Counter()
    lock = threading.Lock()
    # Written at once: what is kept would be counted as memory of the command's.
    written = None if record == "-" else open(record, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - few imports
    send = BaseClient._make_api_call  # noqa: SLF001 - there is no public place before the wire

    def counted(self: Any, operation: str, parameters: Any) -> Any:
        answer = send(self, operation, parameters)
        with lock:
            counts[operation] += 1
            if written is not None and operation in WRITES:
                written.write(json.dumps((operation, parameters)) + "\n")
        return answer

    BaseClient._make_api_call = counted  # type: ignore[method-assign]  # noqa: SLF001
    out = io.StringIO()
    cpu, began = time.process_time(), time.monotonic()
    with redirect_stdout(out):
        code = cli(arguments)
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu
    if written is not None:
        written.close()
    lines = out.getvalue().splitlines()
    found = {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "mib": most_kib() / _KIB,
        "requests": counts,
        "exit_code": code,
        "summary": json.loads(lines[-1])["summary"] if lines else None,
    }
    sys.stdout.write(json.dumps(found) + "\n")


main()
