"""Runs in checkov's venv, not in ours: several scans side by side, for which checkov is imported once.

Its import is half of what a scan of a plan costs. Each scan is a fork of this process, made before any of
them began. `python checkov_scans.py [[FILE, ARGUMENT, ...], ...]`: each writes its report into its file. The
exit code is 1 where one found something, and 2 where one failed.
"""

import json
import os
import sys


def scan(report: str, arguments: list[str]) -> int:
    """Run one scan in this process; what it prints goes into the file."""
    from checkov.main import Checkov  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    descriptor = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, sys.stdout.fileno())
    exit_code = Checkov(argv=arguments).run()
    sys.stdout.flush()
    return int(exit_code or 0)


def main(tasks: list[list[str]]) -> int:
    """Fork for each scan, and wait for all."""
    import checkov.main  # type: ignore[import-not-found,unused-ignore]  # noqa: F401, PLC0415 - once for all

    children = []
    for report, *arguments in tasks:
        child = os.fork()
        if child == 0:
            exit_code = 2
            try:
                exit_code = scan(report, arguments)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(exit_code)
        children.append(child)
    exit_codes = {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children}
    return max(exit_codes) if exit_codes <= {0, 1} else 2


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
