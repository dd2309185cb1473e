"""The demo says what it needs, by options that it has."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from stripe_handler_cli.lab.demo.command import demo
from stripe_handler_cli.tools.packaging.command import package
from support.naming import bare_options, options


def test_outside_of_a_checkout_it_names_no_option_of_another_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`package` can be given the checkout, the demo cannot."""
    monkeypatch.chdir(tmp_path)
    told = {command: str(CliRunner().invoke(command, []).exception) for command in (demo, package)}
    assert all("is not inside a checkout" in text for text in told.values())
    assert bare_options(told[demo]) == set()
    assert bare_options(told[package]) == {"--project"} <= options(package)
