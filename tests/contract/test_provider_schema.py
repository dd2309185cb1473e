"""AWS provider 6 knows every argument and block of the Terraform code; `validate` asks 5.100, which runs."""

import pytest

from support.provider_schema.arguments import known, unknown, used
from support.terraform import ROOT

TEXT = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("**/*.tf")))


def test_every_argument_is_known() -> None:
    """Of every resource and data source."""
    assert unknown(TEXT) == set()


def test_what_is_read_is_the_code() -> None:
    """Arguments, blocks, dynamic blocks and what stands in them; nothing that Terraform itself reads."""
    found = set(used(TEXT))
    assert ("resource dynamodb_table", "server_side_encryption") in found
    assert ("resource cloudwatch_event_target", "maximum_retry_attempts") in found
    assert ("resource sqs_queue", "policy") in found
    assert not {name for _, name in found} & {"condition", "error_message", "ignore_changes"}


@pytest.mark.parametrize(
    "made_up", ["  made_up = 1\n", "  made_up {\n  }\n", '  dynamic "made_up" {\n  }\n', "  a_block {\n  }\n"]
)
def test_a_made_up_name_is_found(made_up: str) -> None:
    """As an argument, a block, or a dynamic block."""
    [(kind, name)] = unknown(f'resource "aws_sqs_queue" "q" {{\n  name = "q"\n{made_up}}}\n')
    assert kind == "resource sqs_queue"
    assert name in made_up


def test_the_newest_arguments_are_in_the_table() -> None:
    """Those that 5.100 lacks, which is why the code cannot give them."""
    assert "invoked_via_function_url" in known()["resource lambda_permission"]
    assert "key_schema" in known()["resource dynamodb_table"]
