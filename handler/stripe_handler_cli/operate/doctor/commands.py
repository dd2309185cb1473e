"""The commands that put things right, as templates, and how they are filled in. It runs none of them.

`{apply}` is Terraform's apply of this stack, `{settings}` where its variables are set, `{stack_options}` what
leads other commands of ours to it; other placeholders are Terraform outputs, or names a finding gives.
"""

import shlex
from collections.abc import Mapping

APPLY = "{apply}"
_PACKAGE = "stripe-handler package --out dist/handler.zip && "
DEPLOY = _PACKAGE + (
    "aws lambda update-function-code --function-name {function_name} --zip-file fileb://dist/handler.zip"
)
DEPLOY_VERSION = _PACKAGE + APPLY
"""With an alias: new code is invoked when a version of it is published, and the alias leads there."""


class _Names(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name.upper()


def deploy_command(alias: str | None) -> str:
    return DEPLOY if alias is None else DEPLOY_VERSION


def fill_in(template: str, names: Mapping[str, object], phrases: Mapping[str, str]) -> str:
    """Write a command out; what nobody named stays a word in capitals.

    Args:
        template: One of a check's `fixes`.
        names: Placeholder → value; quoted for the shell where necessary.
        phrases: Placeholder → part of a command, itself a template, taken as it is.
    """
    values = _Names({name: shlex.quote(str(value)) for name, value in names.items() if value is not None})
    values.update({name: phrase.format_map(values) for name, phrase in phrases.items()})
    return template.format_map(values)
