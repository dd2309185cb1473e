"""The command `stripe-handler init`: asks, has Terraform check the answers by its own rules, and writes."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stripe_handler_cli.common.errors import CliError

if TYPE_CHECKING:
    from stripe_handler_cli.operate.init.answers import Answers

_QUESTIONS = {
    "prefix": "First part of every resource's name",
    "table": "Your app's profile table",
    "creates_table": "Shall this stack create that table (no: it is there already)",
    "partition_key_name": "Name of its partition key",
    "partition_key_template": "Value of the partition key of user {userId}",
    "sort_key_name": "Name of its sort key (none: it has none)",
    "sort_key_template": "Value of the sort key",
    "emails": "Who gets the alarms (e-mail addresses, separated by commas; none for nobody)",
}
_NEEDED = ("prefix", "table")
_NOBODY = "none"


@click.command(
    epilog="""\b
Examples:
  stripe-handler init
  stripe-handler init --workspace production
  stripe-handler init --prefix acme --table acme-users --existing-table --email ops@example.com --yes
  stripe-handler init --prefix acme --table users --partition-key pk --partition-key-template '{userId}' \\
    --sort-key none --yes
"""
)
@click.option(
    "--terraform-directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("terraform"),
    show_default=True,
    help="The stack's Terraform root.",
)
@click.option("--workspace", default="development", show_default=True, help="The environment's name.")
@click.option("--prefix", help=f"{_QUESTIONS['prefix']}: 2 to 20 lower-case letters, digits and hyphens.")
@click.option("--table", help=f"{_QUESTIONS['table']}.")
@click.option(
    "--create-table/--existing-table",
    "creates_table",
    default=None,
    help="Who makes that table: the stack, or you.",
)
@click.option("--partition-key", "partition_key_name", help="Name of its partition key; PK unless given.")
@click.option("--partition-key-template", help="Its value, with {userId}; USER#{userId} unless given.")
@click.option("--sort-key", "sort_key_name", help="Name of its sort key, or none; SK unless given.")
@click.option("--sort-key-template", help="Its value; PROFILE unless given.")
@click.option("--email", "emails", multiple=True, help="Who gets the alarms. Can be repeated.")
@click.option(
    "--yes", is_flag=True, help="Ask nothing: defaults for what is not given, and an old file is replaced."
)
def init(terraform_directory: Path, workspace: str, *, yes: bool, **given: Any) -> int:
    """Write an environment's variable file: your prefix, table, keys and e-mail addresses.

    Asks for what no option says. The answers are checked by Terraform's own rules for these variables, and
    written to environments/<workspace>.tfvars in the Terraform root, where every command looks for them. Git
    does not track that file. One that is there is not replaced unasked.
    """
    from stripe_handler_cli.common.console import printer
    from stripe_handler_cli.common.messages import agrees, tell
    from stripe_handler_cli.operate.init.filling import filled
    from stripe_handler_cli.tools.terraform import find_terraform
    from stripe_handler_cli.tools.terraform.variables import formatted, problems_in

    asks = sys.stdin.isatty() and not yes
    example = _example(terraform_directory, workspace)
    path = terraform_directory / "environments" / f"{workspace}.tfvars"
    if path.exists() and not yes and not (asks and agrees(f"{path} is there. Replace it?")):
        raise CliError(f"{path} is there and stays as it is. --yes replaces it, --workspace names another.")
    known = {name: value for name, value in given.items() if value not in {None, ()}}
    missing = [f"--{name}" for name in _NEEDED if name not in known]
    if missing and not asks:
        raise click.UsageError(f"nobody is there to ask: give {' and '.join(missing)}")
    terraform = find_terraform(Path(".stripe-handler/terraform"))
    while True:
        answers = _answers(known, asks=asks)
        text = filled(
            example.read_text(encoding="utf-8"), answers.variables, example.name.partition(".")[0], workspace
        )
        problems = problems_in(terraform, terraform_directory, text)
        if not problems:
            break
        told = "Terraform would refuse this:\n" + "\n".join(f"  {problem}" for problem in problems)
        if not asks:
            raise CliError(f"{told}\nNothing is written.")
        tell(told)
        known = {}
    path.write_text(formatted(terraform, text), encoding="utf-8")
    console = printer()
    console.print(
        f"Wrote {path}, which git does not track. It holds more to choose from. Then:", markup=False
    )
    console.print("  make zip")
    console.print(f"  stripe-handler connect --workspace {workspace} --dry-run", markup=False, soft_wrap=True)
    return 0


def _example(root: Path, workspace: str) -> Path:
    """The example of that very environment, else that of development."""
    if workspace == "default":
        raise click.UsageError("the workspace default is refused by this stack: --workspace development")
    for name in (workspace, "development"):
        path = root / "environments" / f"{name}.tfvars.example"
        if path.is_file():
            return path
    raise CliError(
        f"There is no environments/development.tfvars.example in {root}: is that the stack's Terraform root? "
        "Name it with --terraform-directory."
    )


def _answers(known: dict[str, Any], *, asks: bool) -> "Answers":
    """What is known, and where somebody can be asked, the answers to the rest."""
    import attrs

    from stripe_handler_cli.common.messages import agrees, answered
    from stripe_handler_cli.operate.init.answers import NO_SORT_KEY, Answers

    made = dict(known)
    for field in attrs.fields(Answers) if asks else ():
        name = field.name
        if name in made or (name == "sort_key_template" and made.get("sort_key_name") == NO_SORT_KEY):
            continue
        if name == "creates_table":
            made[name] = agrees(_QUESTIONS[name], default=True)
        elif name == "emails":
            typed = answered(_QUESTIONS[name], _NOBODY)
            made[name] = tuple(one.strip() for one in typed.split(",") if one.strip() not in {"", _NOBODY})
        else:
            default = None if name in _NEEDED else field.default
            made[name] = answered(_QUESTIONS[name], default)
    return Answers(**made)
