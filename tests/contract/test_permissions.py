"""The function's role may do exactly what the code asks of AWS, and no policy of the stack is untested."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import attrs
import boto3
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from stripe_subscription_handler.comparison.full_pass import PARTITION
from stripe_subscription_handler.comparison.tables import ScanPosition, Tables
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.links import Link
from stripe_subscription_handler.conversation.messages import (
    Commit,
    CustomerChange,
    Delete,
    Fetch,
    FetchEvent,
    Guard,
    Handling,
    LinkChange,
    Outcome,
    ReadLink,
    ReadLinks,
    ReadParked,
    Request,
)
from stripe_subscription_handler.decisions.claims import Claim, Kind
from stripe_subscription_handler.decisions.conditions import Absent
from stripe_subscription_handler.decisions.decide import decide
from stripe_subscription_handler.decisions.decision import ReadItem, Reason, Write
from stripe_subscription_handler.decisions.entitlements import NO_KEYS, Entitlements
from stripe_subscription_handler.drift_check.drift_pass import DriftPass
from stripe_subscription_handler.drift_check.fingerprints import Sighting
from stripe_subscription_handler.drift_check.pass_table import PassTable
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.operations.parked_count import count_parked
from stripe_subscription_handler.operations.queue_ages import oldest_seconds
from stripe_subscription_handler.operations.self_check import self_check
from stripe_subscription_handler.profile_events.changes import change_of
from stripe_subscription_handler.profile_events.entry import put_events_entry
from stripe_subscription_handler.profile_events.ordering import Pending
from stripe_subscription_handler.profile_events.putting import Putter
from stripe_subscription_handler.profile_events.setting_aside import FailureQueue
from stripe_subscription_handler.stripe_side.secret import StripeKey
from stripe_subscription_handler.webhook_bridge.bus import Bus
from stripe_subscription_handler.webhook_bridge.signing_secrets import SigningSecrets
from support import events
from support.stream_records import SETTINGS, record
from support.terraform import ROOT as TERRAFORM
from support.terraform import made

LIBRARY = Path(__file__).parents[2] / "handler/stripe_subscription_handler"
pytestmark = pytest.mark.xdist_group("terraform")  # asked once, by one process

ACTIONS = {
    "BatchGetItem": "dynamodb:BatchGetItem",
    "PutItem": "dynamodb:PutItem",
    "Scan": "dynamodb:Scan",
    "GetItem": "dynamodb:GetItem",
    "Query": "dynamodb:Query",
    "UpdateItem": "dynamodb:UpdateItem",
    # The parts of a transaction, which has no action of its own.
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "GetSecretValue": "secretsmanager:GetSecretValue",
    "GetParameter": "ssm:GetParameter",
    "PutEvents": "events:PutEvents",
    "SendMessage": "sqs:SendMessage",
    "GetQueueAttributes": "sqs:GetQueueAttributes",
    "ReceiveMessage": "sqs:ReceiveMessage",
}
"""API operation, or part of a transaction → the IAM action that allows it."""

BY_LAMBDA_ITSELF = {
    "WriteOwnLogs": {"logs:CreateLogStream", "logs:PutLogEvents"},
    "SendToFailureQueue": {"sqs:SendMessage"},
    "WriteTraces": {"xray:PutTelemetryRecords", "xray:PutTraceSegments"},
    # In the name of the role, by the services that keep what is encrypted.
    "DecryptTables": {"kms:Decrypt"},
    "EncryptForFailureQueue": {"kms:Decrypt", "kms:GenerateDataKey"},
    "DecryptStripeSecret": {"kms:Decrypt"},
}
"""Statements for what AWS's services do in the name of the role; no line of ours asks for it."""

BY_THE_CODE = {
    "ReadAndUpdateProfiles": "profiles",
    "KeepOwnersAndParkedEvents": "sync",
    "CountParkedEvents": "sync/index/parked-by-expiry",
    "LookIntoDeadLetterQueues": "queue",
    "ReadStripeSecret": "secret",
    "ReadStripeParameter": "/stripe/key",
}
"""Statement → what it is about in the calls below: a table, an index, a secret or a parameter."""

CONFIG = Config(table_name="profiles", sync_table_name="sync")
LINK = Link("user_1", Claim(Kind.LABEL, "v", "user_1"))
CREATED = parse_event(events.created(events.subscription()))
FIRST = decide(CREATED)
assert isinstance(FIRST, Write)
UPDATED = parse_event(events.updated(events.subscription(), previous={}))
REQUESTS = (
    decide(UPDATED),
    ReadItem("user_1"),
    ReadLink("cus_1", "sub_1"),
    ReadLinks("cus_1"),
    ReadParked("cus_1"),
    # Somebody gets a subscription: profile, link and customer in one transaction.
    Commit(
        "cus_1",
        (FIRST,),
        LinkChange("sub_1", None, LINK),
        CustomerChange(Guard.NOTHING_KEPT),
    ),
    # An event is parked, because its user has no profile, and another one is done with.
    Commit(
        "cus_1",
        (),
        LinkChange("sub_1", LINK),
        CustomerChange(Guard.AS_SEEN, parks="evt_1", unparks=frozenset({"evt_2"})),
        absent="user_1",
        parks=CREATED,
        unparks="evt_2",
    ),
    # A customer's entitlements are recorded, and shown.
    Commit(
        "cus_1",
        (FIRST,),
        customer=CustomerChange(Guard.AS_SEEN, entitlements=Entitlements("2026-01-01T00:00:00Z 1", NO_KEYS)),
    ),
    # A profile that was deleted is made again, where the customer has no entitlements.
    Commit("cus_1", (FIRST,), LinkChange("sub_1", LINK), CustomerChange(Guard.NO_SUMMARY, only_checks=True)),
    # All is as it was seen.
    Commit(
        "cus_1",
        (Write("user_1", {}, (), Absent(("a",)), Reason.LINKED),),
        customer=CustomerChange(Guard.AS_SEEN, only_checks=True),
    ),
)
"""Everything a handling asks of DynamoDB, in each of its forms."""
OF_OTHERS = {"comparison", "drift_check", "profile_events", "webhook_bridge"}
"""Rooms of the functions that have roles of their own."""
OF_STRIPE = {Fetch, FetchEvent}
OF_OPERATORS = {Delete}
"""What only `stripe-handler forget` asks for, in the operator's name: the function deletes no profile."""


NOT_THE_FUNCTIONS = {LIBRARY / "stripe_side/api.py", LIBRARY / "dynamodb/marks.py"}
"""What asks Stripe, or is called by a command alone."""


class Answer:
    """The body of an HTTP response that fits every operation here."""

    def stream(self) -> Iterator[bytes]:
        """The bytes."""
        yield b'{"Items": [], "Count": 0, "ScannedCount": 0, "Responses": {}, "FailedEntryCount": 0, '
        yield b'"SecretString": "rk_test_invented", "Parameter": {"Value": "rk_test_invented"}, '
        yield b'"Entries": [{"EventId": "1"}]}'


class QueueAnswer:
    """The body of SQS's response, with one message that waits."""

    def stream(self) -> Iterator[bytes]:
        """The bytes."""
        yield b'{"Attributes": {"ApproximateNumberOfMessages": "1"}, '
        yield b'"Messages": [{"MessageId": "1", "Attributes": {"SentTimestamp": "1"}}]}'


class Recorder:
    """AWS clients that send nothing, and what they were asked for, as botocore sees it.

    Attributes:
        asked: As (table, index, secret or parameter; IAM action).
        operations: The methods called.
    """

    def __init__(self) -> None:
        """Record nothing yet."""
        self.asked: set[tuple[str, str]] = set()
        self.operations: set[str] = set()

    def client(self, service: str) -> Any:
        """A client of a service."""
        client = boto3.client(
            service,
            region_name="eu-west-1",
            aws_access_key_id="none",
            aws_secret_access_key="none",  # noqa: S106 - a dummy
        )
        client.meta.events.register("provide-client-params", self._record)
        client.meta.events.register("before-send", self._answer)
        return client

    def _record(self, params: dict[str, Any], model: Any, **_rest: Any) -> None:
        self.operations.add(xform_name(model.name))
        for item in params.get("TransactItems", ()):
            for part, details in item.items():
                self.asked.add((details["TableName"], ACTIONS[part]))
        for table in params.get("RequestItems", ()):
            self.asked.add((table, ACTIONS[model.name]))
        if not {"TransactItems", "RequestItems"} & set(params):
            entries = [entry["EventBusName"] for entry in params.get("Entries", ())]
            place = (
                next(iter(entries), None)
                or params.get("TableName")
                or params.get("SecretId")
                or params.get("QueueUrl")
                or params["Name"]
            )
            index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
            self.asked.add((place + index, ACTIONS[model.name]))

    @staticmethod
    def _answer(request: AWSPreparedRequest, **_rest: Any) -> AWSResponse:
        body = QueueAnswer() if "sqs" in request.url else Answer()
        return AWSResponse(request.url, 200, {}, body)


def conversation(request: Request) -> Handling:
    """A handling that asks for one thing."""
    yield request
    return Outcome(applied=True, reason=Reason.PRIMARY)


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    """All that the code asks of AWS."""
    recorder = Recorder()
    store = Store(recorder.client("dynamodb"), CONFIG)
    for request in REQUESTS:
        store.run(conversation(request), {"id": "evt_1"})
    count_parked(store.client, "sync", now=0)
    oldest_seconds(recorder.client("sqs"), "queue", now=0)
    # What `sync` holds Stripe's answers against.
    tables = Tables(store.client, CONFIG, send=store.send)
    tables.profiles(["user_1"])
    tables.links([("cus_1", "sub_1")])
    tables.customers(["cus_1"])
    tables.links_of("cus_1")
    for place in ({"STRIPE_SECRET_ARN": "secret"}, {"STRIPE_SECRET_PARAMETER": "/stripe/key"}):
        key = StripeKey.from_environment(place, clients=recorder.client)
        assert key is not None
        assert key.get() == "rk_test_invented"
    return recorder


def actions_of(role: str) -> dict[str, set[str]]:
    """Statement's id → its actions, in any of the runs."""
    found: dict[str, set[str]] = {}
    for stack in made().values():
        for sid, statement in stack.statements(role).items():
            found.setdefault(sid, set()).update(statement["Action"])
    return found


@pytest.fixture(scope="module")
def granted() -> dict[str, set[str]]:
    """What the handler's role may do."""
    return actions_of("handler")


def test_every_request_is_recorded(recorder: Recorder) -> None:
    """What a handling learns to ask for, or the code to call, has to be added above."""
    assert {type(request) for request in REQUESTS} | OF_STRIPE | OF_OPERATORS == set(get_args(Request))
    texts = [
        path.read_text(encoding="utf-8")
        for path in LIBRARY.rglob("*.py")
        if path.parent.name not in OF_OTHERS and path not in NOT_THE_FUNCTIONS
    ]
    called = {name for text in texts for name in re.findall(r"client(?:\(\"\w+\"\))?\.(\w+)", text)}
    assert called - {"exceptions", "delete_item"} == recorder.operations


def test_the_role_may_do_what_the_code_asks_for(recorder: Recorder, granted: dict[str, set[str]]) -> None:
    """No action is missing, and none is too many: both are the same pairs of place and action."""
    assert recorder.asked == {
        (place, action) for sid, place in BY_THE_CODE.items() for action in granted[sid]
    }


def test_the_self_check_tries_all_of_it(recorder: Recorder) -> None:
    """What the function says it may do is what it will need of the tables, no more and no less."""
    tried = Recorder()
    config = attrs.evolve(CONFIG, failure_queue_url="queue")
    self_check(Store(tried.client("dynamodb"), config), lambda: tried.client("sqs"))
    services = ("dynamodb", "sqs")
    assert tried.asked == {one for one in recorder.asked if one[1].startswith(services)}


def test_every_other_statement_is_needed_by_a_service(granted: dict[str, set[str]]) -> None:
    """What the code does not ask for is exactly what Lambda, DynamoDB and SQS do in the role's name."""
    assert {sid: actions for sid, actions in granted.items() if sid not in BY_THE_CODE} == BY_LAMBDA_ITSELF


OF_THE_DRIFT_CHECK = {"ReadProfiles": "profiles", "ReadOwners": "sync", "KeepOwnPlace": "sync"}
"""Statement of the drift check's role → what it is about."""
TAKEN_OVER = {"DecryptTables", "DecryptStripeSecret"}
TO_REPAIR = {"ReadAndUpdateProfiles", "KeepOwnersAndParkedEvents"}
"""Statements of the handler's that the drift check's role has too, always, and where it repairs."""


def test_the_drift_check_may_do_what_it_asks_for() -> None:
    """It reads both tables and keeps its place; all else, repairs above all, is the handler's."""
    recorder = Recorder()
    client = recorder.client("dynamodb")
    tables = Tables(client, CONFIG)
    tables.profiles(["user_1"])
    tables.links([("cus_1", "sub_1")])
    tables.customers(["cus_1"])
    tables.links_of("cus_1")
    tables.scan(ScanPosition())
    runs, run = PassTable(client, "sync"), DriftPass("pass", 0, sightings=1, looks=1)
    runs.take("me", 0, 1)
    runs.save("me", run)
    runs.release("me")
    runs.put_sighting(run, Sighting())
    list(runs.sightings(run))
    runs.put_looks(run, ())
    runs.looks(run, 0)
    granted = actions_of("drift_check")
    assert granted["WriteOwnLogs"] == BY_LAMBDA_ITSELF["WriteOwnLogs"]
    assert recorder.asked == {
        (place, action) for sid, place in OF_THE_DRIFT_CHECK.items() for action in granted[sid]
    }
    rooms = (LIBRARY / "comparison", LIBRARY / "drift_check")
    texts = [path.read_text(encoding="utf-8") for room in rooms for path in room.glob("*.py")]
    called = {name for text in texts for name in re.findall(r"client\.(\w+)", text)}
    # The progress of `stripe-handler reconcile` alone asks how many items there are.
    assert called - {"exceptions", "describe_table"} == recorder.operations


@pytest.mark.parametrize(
    ("run", "key", "added"),
    [("with_parameters", "ReadStripeParameter", set()), ("with_secrets", "ReadStripeSecret", TO_REPAIR)],
)
def test_all_else_the_drift_check_may_do_is_the_handlers(run: str, key: str, added: set[str]) -> None:
    """To the letter, and more only where it repairs; and what it may write is where the code writes."""
    own, handlers = (made()[run].statements(role) for role in ("drift_check", "handler"))
    assert own.keys() == {"WriteOwnLogs", *OF_THE_DRIFT_CHECK, key, *TAKEN_OVER, *added}
    for sid in own.keys() - {"WriteOwnLogs", *OF_THE_DRIFT_CHECK}:
        assert own[sid] == handlers[sid]
    places = {"dynamodb:LeadingKeys": [PARTITION, f"{PARTITION}#*"]}
    assert own["KeepOwnPlace"]["Condition"] == {"ForAllValues:StringLike": places}


def test_the_bridges_role_may_do_what_the_bridge_asks_for() -> None:
    """The same for the webhook bridge: what its code does not ask for, Lambda and KMS do in its name."""
    asked = Recorder()
    Bus(asked.client("events"), "bus", "source").put({"id": "evt_1", "type": "invoice.paid"})
    for place in ({"WEBHOOK_SECRET_ARN": "secret"}, {"WEBHOOK_SECRET_PARAMETER": "/webhook/secret"}):
        secrets = SigningSecrets.from_environment(place, clients=asked.client)
        assert secrets is not None
        assert secrets.get() == "rk_test_invented"
    by_the_code = {
        "PutEventsOnTheBus": "bus",
        "ReadSigningSecret": "secret",
        "ReadSigningParameter": "/webhook/secret",
    }
    granted = actions_of("webhook_bridge")
    assert asked.asked == {(place, action) for sid, place in by_the_code.items() for action in granted[sid]}
    assert granted.keys() - by_the_code.keys() == {"WriteOwnLogs", "DecryptSigningSecret"}


OF_THE_STREAM = {
    f"dynamodb:{name}" for name in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
}
"""What Lambda's event source mapping asks for in the role's name (source: Lambda, DynamoDB)."""


def test_the_profile_events_may_do_what_they_ask_for() -> None:
    """Put events and keep what cannot be told; Lambda reads the stream, and nothing reads the table."""
    recorder = Recorder()
    change = change_of(record({}, {"subscriptionStatus": "active"}), SETTINGS.keys, SETTINGS.told)
    assert change is not None
    Putter(recorder.client("events")).put([Pending(change, put_events_entry(change, "bus", "source"))])
    FailureQueue(recorder.client("sqs"), "queue").keep({}, ValueError(), dt.datetime.now(dt.UTC))
    by_the_code = {"PutEventsOnTheBus": "bus", "SendToProfileEventsQueue": "queue"}
    granted = actions_of("profile_events")
    assert recorder.asked == {
        (place, action) for sid, place in by_the_code.items() for action in granted[sid]
    }
    assert granted["ReadProfileStream"] == OF_THE_STREAM
    assert granted.keys() - by_the_code.keys() == {
        "WriteOwnLogs",
        "ReadProfileStream",
        "DecryptProfileStream",
        "EncryptForProfileEventsQueue",
    }


GRANTS = re.compile(r"policy|permission|_role|grant|attachment|function_url|cloudformation")
TESTED = {
    ("event_bus", "aws_iam_role", "forwarding"),
    ("event_bus", "aws_iam_role_policy", "forwarding"),
    ("rule", "aws_lambda_permission", "subscription_events"),
    ("rule", "aws_lambda_permission", "subscription_events_to_alias"),
    ("parked_count", "aws_lambda_permission", "hourly"),
    ("parked_count", "aws_lambda_permission", "hourly_to_alias"),
    ("drift_check", "aws_iam_role", "schedule"),
    ("drift_check", "aws_iam_role_policy", "schedule"),
    ("function", "aws_iam_role", "execution"),
    ("function", "aws_iam_role_policy", "execution"),
    ("alarms", "aws_sns_topic_policy", "operators"),
    ("webhook_bridge", "aws_lambda_function_url", "webhook"),
    ("webhook_bridge", "aws_cloudformation_stack", "invoke_through_url"),
}
"""Resources that let somebody do something; least_privilege.tftest.hcl compares each as a whole,
drift_check.tftest.hcl and webhook_bridge.tftest.hcl those of their functions."""
INLINE = {("dead_letter_queues", "aws_sqs_queue", "delivery")}
"""Resources with a policy of their own; the same file compares it."""
OF_EXAMPLES = {
    ("second_consumer", "aws_sqs_queue", "failed_payments"),
    ("second_consumer", "aws_sqs_queue", "changed_access"),
    ("customer_managed_key", "aws_kms_key", "encryption"),  # customer_managed_key.tftest.hcl
}


def test_no_policy_is_untested() -> None:
    """Whoever adds a role, a policy or a permission has to say in a test what it allows."""
    granting, inline = set(), set()
    for path in TERRAFORM.glob("**/*.tf"):
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r'^resource "(\w+)" "(\w+)" \{(.*?)^\}', text, re.DOTALL | re.MULTILINE):
            resource = (path.parent.name, match[1], match[2])
            if GRANTS.search(match[1]):
                granting.add(resource)
            elif re.search(r"^  (policy|assume_role_policy|inline_policy)\b", match[3], re.MULTILINE):
                inline.add(resource)
    assert granting == TESTED
    assert inline == INLINE | OF_EXAMPLES
