"""The options that `connect` and `disconnect` share: which environment, whose account, how far to go."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from stripe_handler_cli.common.options import together
from stripe_handler_cli.common.stripe_access import StripeAccess
from stripe_handler_cli.stack.options import ROOT_OPTIONS
from stripe_handler_cli.stack.stripe_options import required, stripe_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.endpoint import Endpoint
    from stripe_handler_cli.stack.function_log import LogTail

_Command = TypeVar("_Command", bound=Callable[..., Any])
_options = together(
    *ROOT_OPTIONS,
    click.option(
        "--var-file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Its variable file; environments/<workspace>.tfvars unless given.",
    ),
    click.option("--destination", "identifier", metavar="ID", help="Take this event destination, ed_…"),
    click.option("--yes", is_flag=True, help="Do not ask before Terraform is applied."),
    click.option("--no-apply", is_flag=True, help="Print the Terraform commands instead of running them."),
    click.option("--dry-run", is_flag=True, help="Only look, and list the steps that are left."),
    click.option(
        "--timeout",
        "timeout_seconds",
        type=click.FloatRange(min=1),
        default=120,
        show_default=True,
        help="How many seconds Stripe, AWS and the function may take for one step.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print a JSON object at the end."),
    stripe_options("that may read and write event destinations."),
)


def connect_options(command: _Command) -> _Command:
    """Give a command the options; it is called with `connection`, `dry_run`, `as_json` and its own."""

    @functools.wraps(command)
    def with_connection(  # noqa: PLR0913 - one argument per option
        *arguments: Any,
        terraform_directory: Path,
        workspace: str | None,
        var_file: Path | None,
        identifier: str | None,
        yes: bool,
        no_apply: bool,
        timeout_seconds: float,
        stripe: StripeAccess | None,
        **options: Any,
    ) -> Any:
        from stripe_handler_cli.common.console import reporter
        from stripe_handler_cli.operate.connect.aws_side import AwsSide
        from stripe_handler_cli.operate.connect.connection import Connection
        from stripe_handler_cli.operate.connect.settings import VARIABLES, read_settings
        from stripe_handler_cli.operate.connect.terminal import Terminal
        from stripe_handler_cli.operate.connect.terraform_root import TerraformRoot
        from stripe_handler_cli.stack.event_destinations import EventDestinations

        access = required(stripe)
        root = TerraformRoot.at(terraform_directory, workspace, var_file)
        aws = AwsSide.of(read_settings(root.values(VARIABLES), str(root.var_file)))
        connection = Connection(
            stripe=EventDestinations.at(access),
            aws=aws,
            root=root,
            tail=functools.partial(_tail, aws.endpoint),
            report=Terminal(reporter(), yes),
            identifier=identifier,
            may_apply=not no_apply,
            timeout_seconds=timeout_seconds,
        )
        return command(*arguments, connection=connection, **options)

    return _options(with_connection)  # type: ignore[no-any-return]


def _tail(endpoint: "Endpoint", outputs: Mapping[str, Any]) -> "LogTail":
    from datetime import UTC, datetime

    from stripe_handler_cli.stack.function_log import FunctionLog

    return FunctionLog(endpoint.logs, str(outputs["log_group_name"])).tail(datetime.now(UTC))
