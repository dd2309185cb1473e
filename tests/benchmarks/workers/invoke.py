"""Run by the runtime's Python: hands events to an entry point, one by one.

`invoke.py TASK RUNTIME MODULE`; each line on standard input is an event, and is answered by a line of JSON:
what the entry point returned, or the type of its error.
"""

import importlib
import json
import os
import sys

task, runtime, module = sys.argv[1:4]
sys.path[:0] = [task, runtime]
sys.path.append(os.path.dirname(__file__))  # noqa: PTH120 - keep the worker's imports few

from lambda_context import Context  # noqa: E402 - found on the path just set


def main() -> None:
    """Answer until there are no more events."""
    answer_to = sys.stdout
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the log's lines
    handler = importlib.import_module(module).lambda_handler
    for line in sys.stdin:
        try:
            answer = {"answer": handler(json.loads(line), Context())}
        except Exception as error:  # noqa: BLE001 - whatever it is, the benchmark is told
            answer = {"error": f"{type(error).__name__}: {error}"}
        answer_to.write(json.dumps(answer, default=str) + "\n")
        answer_to.flush()


main()
