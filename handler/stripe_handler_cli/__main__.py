"""Console entry point: says which extra is missing instead of failing on an import, and ends on Ctrl-C."""

import sys


def main() -> int:
    """Returns 0 for success, 1 when a command found a problem, 2 for wrong usage or a missing extra.

    And 130 for Ctrl-C, from the first import on; `common.interrupts` says how.
    """
    try:
        # Here, and not above, so that nothing is loaded where a Ctrl-C would be told as a stack trace.
        from stripe_handler_cli.common import interrupts  # noqa: PLC0415

        interrupts.end_at_once()
        exit_code = _ran()
        if exit_code == interrupts.EXIT_CODE:
            interrupts.end_at_once()  # a second Ctrl-C, while the interpreter ends
        else:
            interrupts.raise_again()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return 130
    return exit_code


def _ran() -> int:
    try:
        from stripe_handler_cli.cli import cli  # noqa: PLC0415 - the extra may be missing

        return cli()
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package not in {"click", "rich"}:
            raise
        sys.stderr.write(
            f"stripe-handler: it needs the package '{package}', which the extra [cli] brings.\n"
            "In the checkout:\n"
            "  pip install '.[cli]'\n"
        )
        return 2


if __name__ == "__main__":
    sys.exit(main())
