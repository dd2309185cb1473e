"""Version 6 of the AWS provider has all that the Terraform code names; `validate` asks 5.100, which runs."""

from pathlib import Path

import pytest

from support.provider_schema.checking import refused
from support.provider_schema.reading import declared, references
from support.provider_schema.table import table
from support.terraform import ROOT


def test_nothing_would_be_refused() -> None:
    """Every type, argument, block and attribute, block by block, in all roots and modules."""
    assert refused(ROOT, table()) == []


def test_the_code_is_read() -> None:
    """All modules, and what they read of one another's resources."""
    found = {one.kind for one in declared(ROOT)}
    assert {"aws_sqs_queue", "aws_lambda_function", "aws_cloudwatch_metric_alarm"} <= found
    assert found == {name for kinds in table().kinds.values() for name in kinds}, (
        "the table is not the code's"
    )
    read = {(one.kind, one.attribute) for one in references(ROOT)}
    assert {("aws_lambda_function", "arn"), ("aws_caller_identity", "account_id")} <= read


QUEUE = 'resource "aws_sqs_queue" "q" {{\n  name = "q"\n{}\n}}\n'
FUNCTION = 'resource "aws_lambda_function" "f" {{\n  function_name = "f"\n  role = "r"\n  {}\n}}\n'


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (QUEUE.format("  made_up = 1"), "made_up is unknown"),
        (QUEUE.format("  made_up {\n  }"), "made_up is unknown"),
        (QUEUE.format('  dynamic "made_up" {\n    for_each = []\n    content {}\n  }'), "made_up is unknown"),
        (QUEUE.format("  policy {\n  }"), "policy: is an argument, not a block"),
        # Of another block of the same resource.
        (FUNCTION.format("tracing_config {\n    mode = 1\n    variables = {}\n  }"), "variables is unknown"),
        (FUNCTION.format("tracing_config {\n  }"), "mode is missing"),
        ('resource "aws_sqs_queue_policy" "p" {\n  queue_url = "q"\n}\n', "no facts about this type"),
        ('resource "aws_lambda_function" "f" {\n  function_name = "f"\n}\n', "role is missing"),
        ("locals {\n  made_up = aws_sqs_queue.q[0].made_up\n}\n", "aws_sqs_queue has no attribute made_up"),
        ("locals {\n  name = data.aws_region.here.made_up\n}\n", "aws_region has no attribute made_up"),
    ],
)  # fmt: skip
def test_what_is_unknown_or_missing_is_found(code: str, said: str, tmp_path: Path) -> None:
    """Each kind of fault, on its own."""
    (tmp_path / "main.tf").write_text(code, encoding="utf-8")
    [found] = refused(tmp_path, table())
    assert found.endswith(said)


def test_what_only_version_6_has_is_in_the_table() -> None:
    """So the table is not that of 5.100, which knows neither of these."""
    resources = table().kinds["resource"]
    assert "invoked_via_function_url" in resources["aws_lambda_permission"].body.names
    assert "key_schema" in resources["aws_dynamodb_table"].body.blocks["global_secondary_index"].names
