"""Console entry point: says which extra is missing instead of failing on an import."""

import sys


def main() -> int:
    """Returns 0 for success, 1 when a command found a problem, 2 for wrong usage or a missing extra."""
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
