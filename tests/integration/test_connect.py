"""From nothing to events that arrive, and back: the real commands, real Terraform, local AWS, a fake Stripe.

In a root and a workspace of its own, because `connect` edits the variable file and applies it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
import pytest

from stripe_handler_cli.lab.fake_stripe import (
    API_KEY,
    Destinations,
    FakeStripe,
    Happenings,
    LocalPartner,
    SimulatedAccount,
)
from stripe_handler_cli.lab.simulator import SimulationOptions, simulate
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_handler_cli.tools.terraform import find_terraform
from stripe_handler_cli.tools.terraform.outputs import outputs_of_root
from stripe_handler_cli.tools.terraform.working_copy import WorkingCopy
from support.commands import Ran, run
from support.screen_rules import in_one_line, text
from support.sessions import Ended, start

PROJECT_ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.partner_bus
MADE = simulate(7, 1, SimulationOptions(scenarios=("upgrade",), eras=("2026-endive",)))


@attrs.frozen
class Operator:
    """A person with a Terraform root, whose variables name the Stripe, a Stripe key and AWS credentials.

    Attributes:
        root: The root.
        stripe: The Stripe account.
        endpoint: The AWS.
    """

    root: Path
    stripe: FakeStripe
    endpoint: Endpoint

    @property
    def var_file(self) -> Path:
        """The environment's variable file."""
        return self.root / "environments" / "connect.tfvars"

    def run(self, command: str, *arguments: str) -> Ran:
        """Run `connect` or `disconnect`."""
        options = "--terraform-directory", str(self.root), "--workspace", "connect", "--json"
        return run([command, *options, *arguments], self.variables)

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment."""
        return {**self.endpoint.variables, "STRIPE_API_KEY": API_KEY}

    def without_stdin(self, command: str) -> Ended:
        """Run it on a terminal, but with its input closed, as a job has it."""
        words = [command, "--terraform-directory", str(self.root), "--workspace", "connect"]
        return start(words, self.variables, self.root, is_stdin_closed=True).ended()


@pytest.fixture
def operator(
    endpoint: Endpoint, package: Path, terraform_directory: Path, tmp_path: Path
) -> Iterator[Operator]:
    """Nothing applied yet; the variable file is the one of `development`, with names of its own."""
    root = tmp_path / "terraform"
    copy = WorkingCopy(
        terraform=find_terraform(terraform_directory),
        source=PROJECT_ROOT / "terraform",
        directory=root,
        shared=terraform_directory,
        environment=endpoint.variables,
    )
    copy.refresh()
    copy.init()
    destinations = Destinations(LocalPartner(endpoint.events))
    with FakeStripe(SimulatedAccount(MADE), destinations=destinations) as stripe:
        made = Operator(root, stripe, endpoint)
        example = (root / "environments" / "development.tfvars.example").read_text("utf-8")
        own = (
            ('"bayon"', '"ctest"'),
            ('"BayonCoAgent-development"', '"ITest-connect"'),
            ("../dist/handler.zip", str(package)),
        )
        for before, after in own:
            assert before in example
            example = example.replace(before, after)
        made.var_file.write_text(f'{example}stripe_api_url = "{stripe.url}"\n', "utf-8")
        yield made


def test_connect_from_nothing_then_again_then_disconnect(operator: Operator) -> None:
    """One destination, one line in the file, a ping in the log, an event in the profile; and the way back.

    Where nobody is there to agree to Terraform's plan, what is done stays, and what is left is told. A rule
    of somebody else on the partner bus is named before anything is done that would take it along.
    """
    untouched = operator.var_file.read_bytes()
    wanted = operator.run("connect", "--dry-run")
    assert wanted.exit_code == 0, wanted.err
    assert wanted.json["steps"][0] == "create_destination"
    assert (list(operator.stripe.destinations), operator.var_file.read_bytes()) == ([], untouched)

    halfway = operator.without_stdin("connect")
    said = in_one_line(halfway.screen)
    assert (halfway.exit_code, "Traceback" in said) == (1, False), halfway.screen
    assert "Nobody answered, which is a no." in said
    assert "Left to do" in said
    assert f"  TF_WORKSPACE=connect terraform -chdir={operator.root} apply" in text(halfway.screen)

    connected = operator.run("connect", "--yes")
    assert connected.exit_code == 0, connected.err
    assert (connected.json["done"], connected.json["left"]) == (["terraform_apply", "ping"], [])
    assert connected.json["ping"]["reason"] == "ping"
    [destination] = operator.stripe.destinations
    assert connected.json["event_source"] == destination.source
    added_bytes = operator.var_file.read_bytes()
    added = operator.var_file.read_text("utf-8").replace(
        f'stripe_event_source_name = "{destination.source}"\n', "", 1
    )
    assert added.encode() == untouched

    outputs = outputs_of_root(operator.root, workspace="connect")
    pipeline = Pipeline.of(operator.endpoint, outputs, destination.source)
    account = operator.stripe.account
    assert isinstance(account, SimulatedAccount)
    [event] = Happenings(account, operator.stripe.pusher).happen()
    assert pipeline.follow(event["id"])["decision"] == "write"
    [user] = MADE.profiles
    assert pipeline.profile(user)["subscriptionId"] == event["data"]["object"]["id"]

    again = operator.run("connect")
    assert (again.exit_code, again.json["done"]) == (0, ["ping"]), again.err
    assert [one.id for one in operator.stripe.destinations] == [destination.id]

    rule = {"Name": "mail", "EventBusName": destination.source}
    events = operator.endpoint.events
    events.put_rule(**rule, EventPattern='{"source": [{"prefix": "aws.partner/stripe.com"}]}')
    events.put_targets(
        Rule="mail",
        EventBusName=destination.source,
        Targets=[{"Id": "mail", "Arn": outputs["failure_queue_arn"]}],
    )
    kept = operator.run("disconnect", "--yes", "--no-apply")
    assert kept.exit_code == 1
    told = f"mail (leads to {outputs['failure_queue_name']})"
    assert told in in_one_line(kept.err), kept.err
    assert operator.var_file.read_bytes() == added_bytes
    assert "prefix" in str(events.describe_rule(**rule))

    stopped = operator.run("disconnect", "--yes", "--no-apply", "--despite-other-rules")
    assert stopped.json["done"] == ["disable_destination", "clear_variable_file"], stopped.err
    assert (stopped.exit_code, stopped.json["left"]) == (1, ["terraform_apply_without"])
    assert "terraform -chdir=" in stopped.json["commands"][0]
    assert operator.var_file.read_bytes() == untouched
    gone = operator.run("disconnect", "--yes", "--delete", "--no-apply", "--despite-other-rules")
    assert (gone.json["done"], list(operator.stripe.destinations)) == (["delete_destination"], []), gone.err
