"""One provider for many commands, and a lock that makes none of them read it again."""

from pathlib import Path

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.terraform.attached_provider import VARIABLE, attached
from stripe_handler_cli.tools.terraform.provider_lock import LOCK, keep_the_version_alone
from stripe_handler_cli.tools.terraform.working_copy import WorkingCopy

ADDRESS = '{"registry.example/hashicorp/aws":{"Protocol":"grpc"}}'
PROVIDER = ".terraform/providers/registry.example/hashicorp/aws/5.100.0/linux_amd64/terraform-provider-aws_v5"
LOCKED = """\
# Terraform's own words.
provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = ">= 5.100.0, < 7.0.0"
  hashes = [
    "h1:edXOJWE4ORX8=",
    "zh:0123456789ab",
  ]
}
"""


def copy_with(tmp_path: Path, body: str) -> WorkingCopy:
    """Return a working copy whose provider is a shell script; `terraform` must not be needed."""
    provider = tmp_path / "copy" / PROVIDER
    provider.parent.mkdir(parents=True)
    provider.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    provider.chmod(0o755)
    return WorkingCopy(
        terraform=tmp_path / "no-terraform",
        source=tmp_path,
        directory=tmp_path / "copy",
        shared=tmp_path,
        environment={"TF_WORKSPACE": "development"},
    )


def test_commands_are_given_the_address_of_one_process(tmp_path: Path) -> None:
    """It is started as Terraform's documentation says, and stopped in the end, also when something fails."""
    body = f"""\
trap 'kill $!; touch {tmp_path}/stopped; exit 0' TERM
echo "$@" > {tmp_path}/arguments
echo Provider started.
echo "  {VARIABLE}='"'{ADDRESS}'"'"
sleep 30 >&- 2>&- & wait"""
    copy = copy_with(tmp_path, body)

    def a_test_fails() -> None:
        with attached(copy) as quick:
            assert quick.environment == {"TF_WORKSPACE": "development", VARIABLE: ADDRESS}
            assert (quick.directory, quick.terraform) == (copy.directory, copy.terraform)
            assert not (tmp_path / "stopped").exists()
            raise CliError("a test failed")

    with pytest.raises(CliError, match="a test failed"):
        a_test_fails()
    assert (tmp_path / "stopped").exists()
    assert (tmp_path / "arguments").read_text(encoding="utf-8") == "-debug\n"


def test_a_provider_that_does_not_start_is_an_error(tmp_path: Path) -> None:
    """Terraform would start one by itself, and nobody would know why the checks are slow."""
    with pytest.raises(CliError, match="did not start"), attached(copy_with(tmp_path, "exit 3")):
        pytest.fail("nothing is there to work with")


def test_a_copy_that_was_not_initialised_is_an_error(tmp_path: Path) -> None:
    """The message says what to run."""
    copy = copy_with(tmp_path, "exit 0")
    (copy.directory / PROVIDER).unlink()
    with pytest.raises(CliError, match="run 'terraform init' there"), attached(copy):
        pytest.fail("nothing is there to work with")


def test_the_lock_keeps_the_version_alone(tmp_path: Path) -> None:
    """Another version is still refused; a directory without a lock is left as it is."""
    keep_the_version_alone(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / LOCK).write_text(LOCKED, encoding="utf-8")
    keep_the_version_alone(tmp_path)
    assert (
        (tmp_path / LOCK).read_text(encoding="utf-8")
        == """\
# Terraform's own words.
provider "registry.terraform.io/hashicorp/aws" {
  version     = "5.100.0"
  constraints = ">= 5.100.0, < 7.0.0"
}
"""
    )
