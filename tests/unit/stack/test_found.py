"""Which stack is meant where no option says so."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack import deployed, found
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.found import found_stack
from stripe_handler_cli.stack.options import stack_options
from stripe_handler_cli.tools.terraform.outputs import NothingAppliedError
from support.local_stacks import local_stack

URL = "http://127.0.0.1:41"
Outputs = dict[str, Any]


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """Where local stacks are."""
    return tmp_path / ".stripe-handler"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A Terraform root that was never initialised."""
    (tmp_path / "terraform").mkdir()
    return tmp_path / "terraform"


@pytest.fixture
def demo(parent: Path) -> Iterator[None]:
    """A demo that runs."""
    with local_stack(parent / "demo", URL):
        yield


@pytest.fixture(autouse=True)
def applied(monkeypatch: pytest.MonkeyPatch) -> dict[str, Outputs | CliError]:
    """What is applied from which directory, by its name; all else is not."""
    known: dict[str, Outputs | CliError] = {"demo": {"function_name": "local"}}

    def outputs(directory: Path, **_: Any) -> Outputs:
        answer = known.get(directory.name, NothingAppliedError("nothing is applied"))
        if isinstance(answer, CliError):
            raise answer
        return answer

    for module in (deployed, found):
        monkeypatch.setattr(module, "outputs_of_root", outputs)
    return known


def taken(root: Path, parent: Path, environment: Mapping[str, str] | None = None) -> str:
    """The function of the stack that was found."""
    return found_stack(root, environment or {}, parent).output("function_name")


def initialise(root: Path) -> None:
    """As `terraform init` does."""
    (root / ".terraform").mkdir()


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("is_initialised", [True, False])
def test_the_one_that_runs_is_taken_and_named(
    root: Path, parent: Path, capsys: pytest.CaptureFixture[str], *, is_initialised: bool
) -> None:
    """Where nothing is applied from the Terraform root; stdout is left to the command."""
    if is_initialised:
        initialise(root)
    assert taken(root, parent) == "local"
    told = capsys.readouterr()
    assert (told.out, URL in told.err, "demo" in told.err) == ("", True, True)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("answer", [{"function_name": "real"}, CliError("Backend initialization required")])
def test_where_the_root_could_be_meant_too_nobody_guesses(
    root: Path, parent: Path, applied: dict[str, Outputs | CliError], answer: Outputs | CliError
) -> None:
    """Also where the root does not tell. Both options are named."""
    initialise(root)
    applied["terraform"] = answer
    with pytest.raises(CliError, match=r"(?s)--local .*demo.*--terraform-directory .*terraform"):
        taken(root, parent)


@pytest.mark.usefixtures("demo")
def test_of_several_that_run_nobody_guesses(root: Path, parent: Path) -> None:
    """Each is named with its option."""
    with (
        local_stack(parent / "chaos", "http://127.0.0.1:42"),
        pytest.raises(CliError, match=r"(?s)--local .*chaos.*--local .*demo"),
    ):
        taken(root, parent)


@pytest.mark.usefixtures("demo")
def test_the_environment_wins_over_the_one_that_runs(
    root: Path, parent: Path, applied: dict[str, Outputs | CliError]
) -> None:
    """Another AWS, or a workspace: the root's. The local stack's own address: that one, whatever else is."""
    applied["terraform"] = {"function_name": "real"}
    initialise(root)
    assert taken(root, parent, {"AWS_ENDPOINT_URL": "http://localhost:4566"}) == "real"
    assert taken(root, parent, {"TF_WORKSPACE": "staging"}) == "real"
    assert taken(root, parent, {"AWS_ENDPOINT_URL": URL}) == "local"


@pytest.mark.usefixtures("demo")
def test_commands_find_it_and_their_options_win(
    root: Path, applied: dict[str, Outputs | CliError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the options of every operator's command; a file of outputs, a workspace or a root come first."""
    monkeypatch.chdir(root.parent)
    for name in ("AWS_ENDPOINT_URL", "TF_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    applied["terraform"] = {"function_name": "real"}
    monkeypatch.setattr("stripe_handler_cli.tools.terraform.outputs.outputs_of_root", found.outputs_of_root)
    (root.parent / "outputs.json").write_text('{"function_name": {"value": "filed"}}', "utf-8")

    @click.command
    @stack_options
    def tell(stack: DeployedStack) -> None:
        click.echo(stack.output("function_name"))

    def told(*arguments: str) -> str:
        return CliRunner().invoke(tell, arguments, catch_exceptions=False).stdout.strip()

    assert told() == "local"
    assert told("--resource", "function_name=named") == "named"
    assert told("--outputs", "outputs.json") == "filed"
    assert told("--workspace", "staging") == "real"
    assert told("--terraform-directory", "terraform") == "real"
    assert told("--local", ".stripe-handler/demo") == "local"


def test_without_a_local_stack_it_is_the_roots(
    root: Path, parent: Path, applied: dict[str, Outputs | CliError]
) -> None:
    """As ever; local AWS with nothing applied to it is none, nor is one that has ended."""
    with local_stack(parent / "demo", URL):
        pass
    applied["terraform"] = {"function_name": "real"}
    assert taken(root, parent) == "real"
