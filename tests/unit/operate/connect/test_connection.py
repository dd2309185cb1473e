"""Steps are taken one by one, and whatever interrupts them, the next run goes on from what is there."""

import contextlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from rich.console import Console

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.progress import Step as Detail
from stripe_handler_cli.common.progress import step as progress_step
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, InMemoryPartner
from stripe_handler_cli.operate.connect.connection import Connection
from stripe_handler_cli.operate.connect.planning import Step
from stripe_handler_cli.stack.event_destinations import EventDestinations
from stripe_handler_cli.stack.other_rules import OtherRule
from stripe_handler_cli.stack.stripe_options import StripeAccess
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES, PING_EVENT

ACCOUNT = "123456789012"
FILE = 'prefix = "bayon"\nlivemode = "test"\n# stripe_event_source_name = "aws.partner/stripe.com/ed_..."\n'
STEPS = [Step.CREATE, Step.WRITE, Step.APPLY, Step.PING]


class BrokenOffError(Exception):
    """Somebody pressed Ctrl-C."""


@attrs.define
class Cloud:
    """AWS, Terraform, the function's log and a person, all as tests want them."""

    partner: InMemoryPartner
    directory: Path
    region: str = "eu-west-1"
    agrees: bool = True  # the person
    answers: Callable[[Mapping[str, Any]], list[Mapping[str, Any]]] = lambda event: [
        {"event_id": event["id"], "decision": "skip", "reason": "ping"}
    ]  # the log lines that a ping causes
    breaks_at: tuple[Step, str] | None = None  # the step that is interrupted, before or after it is taken
    shown: bool = True  # AWS shows event sources
    said: list[str] = attrs.Factory(list)  # notes and questions
    bus: str | None = None  # the applied one
    applies: int = 0
    elsewhere: str | None = None  # an event source that Terraform is told of past the file
    workspace: str = "development"
    rules: tuple[OtherRule, ...] = ()  # of others, on whatever bus there is
    apply_commands: tuple[str, ...] = ("terraform apply",)

    @property
    def var_file(self) -> Path:
        """The variable file."""
        return self.directory / "development.tfvars"

    def account_id(self) -> str:
        """The account."""
        return ACCOUNT

    def sources(self) -> Mapping[str, str]:
        """As EventBridge lists them."""
        return {name: status.upper() for name, status in self.partner.statuses.items()} if self.shown else {}

    def admitted(self, outputs: Mapping[str, Any]) -> frozenset[str]:
        """Everything, once it is applied."""
        return frozenset({*DEFAULT_EVENT_TYPES, PING_EVENT}) if outputs else frozenset()

    def other_rules(self, outputs: Mapping[str, Any]) -> tuple[OtherRule, ...]:
        """None before there is a bus."""
        return self.rules if outputs else ()

    def values(self, names: Iterable[str], file: Path | None = None) -> Mapping[str, Any]:
        """What the lines of a file say."""
        lines = [line.partition(" = ") for line in (file or self.var_file).read_text("utf-8").splitlines()]
        said = {name: json.loads(value) for name, equals, value in lines if equals and name[:1] != "#"}
        return {name: said.get(name) for name in names}

    def outputs(self) -> Mapping[str, Any]:
        """Nothing before the first apply."""
        return {"event_bus_name": self.bus, "log_group_name": "g"} if self.bus else {}

    def apply(self, agreed: Callable[[str], bool], on_line: Callable[[str], None]) -> bool:
        """The bus that the file names."""
        on_line("Plan: 1 to add, 0 to change, 0 to destroy.")
        if not agreed("the plan"):
            return False
        lines = self.var_file.read_text("utf-8").splitlines()
        named = [line.split('"')[1] for line in lines if line.startswith("stripe_event_source_name")]
        self.bus = self.elsewhere or (named[0] if named else "bayon-stripe-events")
        self.applies += 1
        for name in self.partner.statuses:
            self.partner.statuses[name] = "active" if name == self.bus else "pending"
        return True

    def read(self) -> list[Mapping[str, Any]]:
        """The log lines of every ping delivered."""
        delivered = [event for events in self.partner.delivered.values() for event in events]
        return [line for event in delivered for line in self.answers(event)]

    @contextlib.contextmanager
    def doing(self, step: Step) -> Iterator[Detail]:
        """A step."""
        if self.breaks_at == (step, "before"):
            raise BrokenOffError
        with progress_step(Console(file=io.StringIO()), step) as detail:
            yield detail
        if self.breaks_at == (step, "after"):
            raise BrokenOffError

    def note(self, text: str) -> None:
        """Something told."""
        self.said.append(text)

    def confirmed(self, question: str) -> bool:
        """The person's answer."""
        self.said.append(question)
        return self.agrees

    def agreed(self, plan: str, detail: Detail) -> bool:  # noqa: ARG002 - the port has it
        """The person's answer to a plan."""
        return self.confirmed(plan)


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    """A Stripe account."""
    with FakeStripe() as server:
        yield server


@pytest.fixture
def cloud(fake: FakeStripe, tmp_path: Path) -> Cloud:
    """An AWS account without a stack."""
    assert isinstance(fake.destinations.partner, InMemoryPartner)
    made = Cloud(fake.destinations.partner, tmp_path)
    made.var_file.write_text(FILE, "utf-8")
    return made


def connection(fake: FakeStripe, cloud: Cloud, **changes: Any) -> Connection:
    """A connection between the two; its clock goes on with its sleep alone."""
    time = [0.0]

    def sleep(seconds: float) -> None:
        time[0] += seconds

    given = {
        "stripe": EventDestinations.at(StripeAccess(API_KEY, "OPS_KEY", fake.url)),
        "aws": cloud,
        "root": cloud,
        "tail": lambda _: cloud,
        "report": cloud,
        "sleep": sleep,
        "clock": lambda: time[0],
    }
    return Connection(**{**given, **changes})


def named(cloud: Cloud) -> str:
    """The line that `connect` adds."""
    return "".join(
        set(cloud.var_file.read_text("utf-8").splitlines(keepends=True)) - set(FILE.splitlines(keepends=True))
    )


def test_from_nothing_to_a_ping_and_back(fake: FakeStripe, cloud: Cloud) -> None:
    """One destination, one line, one apply; again, and only a ping is sent; and the way back."""
    first = connection(fake, cloud).connect()
    assert (list(first.done), first.left, first.commands) == (STEPS, (), ())
    [made] = fake.destinations
    assert (first.destination_id, first.event_source, cloud.bus) == (made.id, made.source, made.source)
    assert named(cloud) == f'stripe_event_source_name = "{made.source}"\n'
    assert made.body["metadata"] == {"stripe_subscription_handler": "bayon/development"}
    assert first.ping is not None

    again = connection(fake, cloud).connect()
    assert (list(again.done), cloud.applies, len(list(fake.destinations))) == ([Step.PING], 1, 1)

    away = connection(fake, cloud).disconnect(delete=True)
    assert list(away.done) == [Step.UNWRITE, Step.DELETE, Step.UNAPPLY]
    assert (cloud.var_file.read_text("utf-8"), list(fake.destinations)) == (FILE, [])
    assert connection(fake, cloud).disconnect(delete=True).done == ()


def test_rules_of_others_stop_what_would_replace_their_bus(fake: FakeStripe, cloud: Cloud) -> None:
    """Before the first step, listed by name; with the option it goes on. A second connect leaves the bus."""
    cloud.rules = (OtherRule("mail", "ENABLED", ("arn:aws:lambda:eu-west-1:1:function:mail",)),)
    cloud.bus = "bayon-stripe-events"
    with pytest.raises(CliError, match=r"mail [(]leads to function:mail") as stopped:
        connection(fake, cloud).connect()
    assert "--despite-other-rules" in str(stopped.value)
    assert (list(fake.destinations), cloud.applies, cloud.var_file.read_text("utf-8")) == ([], 0, FILE)

    assert connection(fake, cloud, despite_other_rules=True).connect().left == ()
    assert list(connection(fake, cloud).connect().done) == [Step.PING]

    named_before = named(cloud)
    with pytest.raises(CliError, match="1 rule of others on the bus aws"):
        connection(fake, cloud).disconnect(delete=True)
    assert (named(cloud), len(list(fake.destinations))) == (named_before, 1)
    away = connection(fake, cloud, despite_other_rules=True).disconnect(delete=False)
    assert list(away.done) == [Step.DISABLE, Step.UNWRITE, Step.UNAPPLY]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_an_interrupted_run_is_gone_on_with(fake: FakeStripe, cloud: Cloud, step: Step, when: str) -> None:
    """Wherever it was broken off, in the end there is one of everything."""
    cloud.breaks_at = step, when
    with pytest.raises(BrokenOffError):
        connection(fake, cloud).connect()
    cloud.breaks_at = None
    outcome = connection(fake, cloud).connect()
    [made] = fake.destinations
    assert (outcome.left, outcome.event_source, cloud.bus) == ((), made.source, made.source)
    assert named(cloud) == f'stripe_event_source_name = "{made.source}"\n'
    assert cloud.applies == 1


@pytest.mark.parametrize(
    ("key", "mode", "told"),
    [
        (API_KEY, "test", "test mode (a sandbox)"),
        ("rk_live_1", "live", "live mode"),
        ("odd", "unknown", "unknown mode"),
    ],
)
def test_whose_accounts_they_are_is_told(
    fake: FakeStripe, cloud: Cloud, key: str, mode: str, told: str
) -> None:
    """Sandbox or live, which AWS account and region, which file; never the key."""
    stripe = EventDestinations.at(StripeAccess(key, "OPS_KEY", fake.url))
    made = connection(fake, cloud, stripe=stripe)
    assert made.mode == mode
    assert told in made.where()
    for word in (ACCOUNT, "eu-west-1", "OPS_KEY", "development.tfvars"):
        assert word in made.where()
    assert key not in made.where()


def test_a_stand_in_for_stripe_is_told(fake: FakeStripe, cloud: Cloud) -> None:
    """The variable file's address is asked, and named; the command line's own wins."""
    access = StripeAccess(API_KEY, "OPS_KEY")
    made = connection(fake, cloud, stripe=EventDestinations.at(access, fake.url))
    assert f"a stand-in at {fake.url}" in made.where()
    assert made.plan().steps[0] is Step.CREATE
    own = attrs.evolve(access, url=fake.url)
    assert EventDestinations.at(own, "http://127.0.0.1:1").url == fake.url
    assert "stand-in" not in connection(fake, cloud, stripe=EventDestinations.at(access)).where()


def test_a_run_that_is_broken_off_says_what_is_left(fake: FakeStripe, cloud: Cloud) -> None:
    """By Ctrl-C or by a failure: the destination is there and the file is edited by then."""
    cloud.breaks_at = Step.APPLY, "before"
    with pytest.raises(BrokenOffError):
        connection(fake, cloud).connect()
    told = cloud.said[-1].splitlines()
    assert told[0] == "This is halfway:"
    assert [line for line in told if line.startswith("  done: ")] == [
        f"  done: {step.words}" for step in (Step.CREATE, Step.WRITE)
    ]
    assert [line for line in told if line.startswith("  left: ")] == [
        f"  left: {step.words}" for step in (Step.APPLY, Step.ACTIVATE, Step.PING)
    ]


def test_a_run_that_did_nothing_has_no_halfway(fake: FakeStripe, cloud: Cloud) -> None:
    """Then the error is all there is to say."""
    cloud.breaks_at = Step.CREATE, "before"
    with pytest.raises(BrokenOffError):
        connection(fake, cloud).connect()
    assert cloud.said == []


def test_a_plan_changes_nothing(fake: FakeStripe, cloud: Cloud) -> None:
    """It asks Stripe and AWS, and that is all."""
    plan = connection(fake, cloud).plan()
    assert plan.steps[0] is Step.CREATE
    assert (list(fake.destinations), cloud.var_file.read_text("utf-8"), cloud.applies) == ([], FILE, 0)


@pytest.mark.parametrize("changes", [{"may_apply": False}, {}])
def test_what_is_not_applied_is_left_with_its_commands(
    fake: FakeStripe, cloud: Cloud, changes: dict[str, Any]
) -> None:
    """Because it was not to be, or the person said no to the plan."""
    cloud.agrees = False
    outcome = connection(fake, cloud, **changes).connect()
    assert list(outcome.done) == [Step.CREATE, Step.WRITE]
    assert outcome.left == (Step.APPLY, Step.ACTIVATE, Step.PING)
    assert (outcome.commands, cloud.bus) == (("terraform apply",), None)


def test_an_apply_that_changes_nothing_is_not_repeated(fake: FakeStripe, cloud: Cloud) -> None:
    """Something else than the file tells Terraform which event source it is."""
    cloud.elsewhere = "aws.partner/stripe.com/ed_test_other"
    with pytest.raises(CliError, match="TF_VAR_stripe_event_source_name"):
        connection(fake, cloud).connect()
    assert cloud.applies == 1


def test_a_disabled_destination_with_too_few_types_is_put_right(fake: FakeStripe, cloud: Cloud) -> None:
    """The same destination, with all that it should send."""
    connection(fake, cloud).connect()
    [made] = fake.destinations
    fake.destinations.update(made, {"enabled_events": ["invoice.paid"]})
    fake.destinations.switch(made, "disabled")
    outcome = connection(fake, cloud).connect()
    assert list(outcome.done) == [Step.ENABLE, Step.ADD_TYPES, Step.PING]
    assert set(made.body["enabled_events"]) == {*DEFAULT_EVENT_TYPES, "invoice.paid"}


def test_an_event_source_that_expired_is_replaced(fake: FakeStripe, cloud: Cloud) -> None:
    """Nobody had associated it in 7 days; the dead destination does not stay."""
    connection(fake, cloud, may_apply=False).connect()
    [old] = fake.destinations
    del cloud.partner.statuses[old.source]
    outcome = connection(fake, cloud).connect()
    assert Step.DELETE_DEAD in outcome.done
    [new] = fake.destinations
    assert new.id != old.id
    assert named(cloud) == f'stripe_event_source_name = "{new.source}"\n'


def test_an_event_source_that_never_comes_is_told(fake: FakeStripe, cloud: Cloud) -> None:
    """With where it was looked for; the next run waits on."""
    cloud.shown = False
    with pytest.raises(CliError, match=f"account {ACCOUNT}, region eu-west-1"):
        connection(fake, cloud).connect()
    cloud.shown = True
    assert connection(fake, cloud).connect().left == ()
    assert len(list(fake.destinations)) == 1


def test_a_lost_ping_is_sent_again(fake: FakeStripe, cloud: Cloud) -> None:
    """The first one after an association may be."""
    seen: list[str] = []

    def second_only(event: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        seen.append(event["id"])
        return [] if event["id"] == seen[0] else [{"event_id": event["id"], "reason": "ping"}]

    cloud.answers = second_only
    outcome = connection(fake, cloud).connect()
    assert outcome.ping is not None
    assert outcome.ping["event_id"] != seen[0]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([], "logged none within 120 s"),
        ([{"decision": "error", "reason": "livemode: no"}], "refused the ping"),
    ],
)
def test_a_ping_without_an_answer_is_told(
    fake: FakeStripe, cloud: Cloud, lines: list[dict[str, Any]], problem: str
) -> None:
    """What comes of other events in the log is no answer."""
    others = [{"event_id": "evt_other", "decision": "write"}]
    cloud.answers = lambda event: [*others, *({**line, "event_id": event["id"]} for line in lines)]
    with pytest.raises(CliError, match=problem):
        connection(fake, cloud).connect()


def test_without_a_zip_nothing_is_begun(fake: FakeStripe, cloud: Cloud) -> None:
    """A destination must be associated within 7 days."""
    cloud.var_file.write_text(f'{FILE}lambda_package_path = "handler.zip"\n', "utf-8")
    with pytest.raises(CliError, match="make zip"):
        connection(fake, cloud).connect()
    assert list(fake.destinations) == []
    (cloud.directory / "handler.zip").touch()
    assert connection(fake, cloud).connect().left == ()


def test_a_file_that_is_not_understood_stays_as_it_is(
    fake: FakeStripe, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would be written is read by Terraform first; a person is told the line to write."""
    read = Cloud.values

    def values(self: Cloud, names: Iterable[str], file: Path | None = None) -> Mapping[str, Any]:
        if file is not None:
            raise CliError("line 3")
        return read(self, names)

    monkeypatch.setattr(Cloud, "values", values)
    with pytest.raises(
        CliError, match=r'development\.tfvars .* set stripe_event_source_name = "aws\.partner/'
    ):
        connection(fake, cloud).connect()
    assert cloud.var_file.read_text("utf-8") == FILE


def test_thin_events_are_another_destination(fake: FakeStripe, cloud: Cloud) -> None:
    """With the types that the file names for them."""
    thin = 'event_types = ["v1.customer.subscription.updated"]\nstripe_secret_arn = "arn"\n'
    cloud.var_file.write_text(FILE + thin, "utf-8")
    cloud.agrees = False
    connection(fake, cloud, payload="thin").connect()
    [made] = fake.destinations
    assert (made.body["event_payload"], made.body["snapshot_api_version"]) == ("thin", None)
    assert made.body["enabled_events"] == ["v1.customer.subscription.updated"]
    with pytest.raises(CliError, match="no snapshot event pass"):
        connection(fake, cloud).connect()


@pytest.mark.parametrize(
    ("said", "scopes"), [("", ["@self"]), ('connect_events = "handle"\n', ["@self", "@accounts"])]
)
def test_a_new_destination_sends_what_the_environment_handles(
    fake: FakeStripe, cloud: Cloud, said: str, scopes: list[str]
) -> None:
    """The account's own events, and those of connected accounts where the file says so."""
    cloud.var_file.write_text(FILE + said, "utf-8")
    connection(fake, cloud).connect()
    assert [one.body["events_from"] for one in fake.destinations] == [scopes]


def test_one_that_sends_others_events_alone_is_replaced_by_hand(fake: FakeStripe, cloud: Cloud) -> None:
    """It is refused before anything changes, and the commands that the message names put it right."""
    connection(fake, cloud).connect()
    [old] = fake.destinations
    old.body["events_from"] = ["@accounts"]
    with pytest.raises(CliError, match="disconnect --workspace development --delete"):
        connection(fake, cloud).connect()
    assert [one.id for one in fake.destinations] == [old.id]
    connection(fake, cloud).disconnect(delete=True)
    assert connection(fake, cloud).connect().left == ()
    [new] = fake.destinations
    assert (new.body["events_from"], new.id != old.id) == (["@self"], True)


def test_one_made_by_hand_is_taken_and_given_back(fake: FakeStripe, cloud: Cloud) -> None:
    """Named in the file, it needs no mark; its deletion is not forgotten when the name is gone."""
    connection(fake, cloud).connect()
    [made] = fake.destinations
    made.body["metadata"] = {}
    assert list(connection(fake, cloud).connect().done) == [Step.PING]
    away = connection(fake, cloud).disconnect(delete=True)
    assert (list(away.done), list(fake.destinations)) == ([Step.UNWRITE, Step.DELETE, Step.UNAPPLY], [])
