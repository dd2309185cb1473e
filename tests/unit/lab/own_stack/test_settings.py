"""What stays of an environment's settings on local AWS."""

from pathlib import Path

from stripe_handler_cli.lab.own_stack.settings import local_values, variable_file
from stripe_handler_cli.tools.local_aws import LocalAws
from stripe_handler_cli.tools.terraform.console import values_in
from stripe_handler_cli.tools.terraform.variables import declared_in, problems_in
from support.terraform import ROOT, terraform

AWS = LocalAws("http://127.0.0.1:4566", 1, "us-east-1", Path("log"))
SOURCE = "aws.partner/stripe.com/ed_test_1"
SECRET = "arn:aws:secretsmanager:us-east-1:000000000000:secret:local-stripe-key-AbCdEf"  # noqa: S105 - where a key is


def made(source: str | None = None, **said: object) -> dict[str, object]:
    """The values for an environment that says this."""
    return local_values(
        {"prefix": "acme", "profile_table_name": "users", **said},
        AWS,
        package="handler.zip",
        stripe_url="http://127.0.0.1:12111",
        secret_arn=SECRET,
        source=source,
    )


def test_what_shapes_profiles_stays_and_what_is_the_accounts_goes() -> None:
    """Names, keys and settings are the person's; a live environment takes test events here."""
    account = {
        "stripe_event_source_name": "aws.partner/stripe.com/ed_live",
        "kms_key_arn": "arn:aws:kms:x",
        "stripe_secret_arn": "arn:aws:secretsmanager:x",
        "webhook_bridge": {"signing_secret_arn": "x"},
        "profile_events_bus_arn": "arn:aws:events:x",
        "livemode": "live",
        "deletion_protection_enabled": True,
    }
    values = made(plan_product_ids=["prod_1"], create_profile_table=False, **account)
    assert (values["prefix"], values["plan_product_ids"]) == ("acme", ["prod_1"])
    assert (values["create_profile_table"], values["deletion_protection_enabled"]) == (True, False)
    assert (values["livemode"], values["stripe_secret_arn"]) == ("test", SECRET)
    assert (values["aws_endpoint_url"], values["stripe_api_url"]) == (
        AWS.endpoint_url,
        "http://127.0.0.1:12111",
    )
    gone = ("stripe_event_source_name", "kms_key_arn", "webhook_bridge", "profile_events_bus_arn")
    assert [values[name] for name in gone] == [None] * len(gone)


def test_events_come_by_a_bridge_until_an_event_source_is_connected() -> None:
    """The one that `connect` named here stays when the settings are applied again."""
    assert made()["bridge_event_source"] == "stripe-webhook-bridge"
    assert made(bridge_event_source="my-bridge")["bridge_event_source"] == "my-bridge"
    connected = made(source=SOURCE, create_forwarding_bus=True)
    assert (connected["stripe_event_source_name"], connected["bridge_event_source"]) == (SOURCE, None)
    assert connected["create_forwarding_bus"] is True
    assert made(create_forwarding_bus=True)["create_forwarding_bus"] is False


def test_the_file_is_one_that_terraform_takes(tmp_path: Path) -> None:
    """Of every example as it stands; the file reads back as the values."""
    names = declared_in(ROOT)
    assert {"prefix", "stripe_api_url", "plan_product_ids"} <= set(names)
    for example in ("development", "staging", "production"):
        said = values_in(terraform(), ROOT / "environments" / f"{example}.tfvars.example", names)
        values = made(**{name: value for name, value in said.items() if value is not None})
        text = variable_file(values, example)
        assert problems_in(terraform(), ROOT, text) == []
        path = tmp_path / "local.tfvars"
        path.write_text(text, "utf-8")
        assert values_in(terraform(), path, values) == values
