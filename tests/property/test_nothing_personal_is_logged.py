"""Whatever personal stands wherever in an event: neither the log nor the error Lambda logs repeats it."""

import copy
import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stripe_subscription_handler.app import Runtime, handle
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.policy import Unmapped
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.errors import HandlerError, UnexpectedError
from stripe_subscription_handler.logger import make_logger
from support import events
from support.dynamodb import condition_failed
from support.examples import share_of
from support.fixtures import fixture_id, load_all
from support.trees import nodes, put

PERSONAL = (
    "ada.planted@example.com",
    "Ada Planted Example",
    "+1 555 0199",
    "4242 4242 4242 4242",
    "1 Planted Street\nSpringfield",
    "https://invoice.stripe.com/i/acct_1/planted",
    "sk_test_planted",
    "whsec_planted",
)
EVENTS = {fixture_id(fixture): fixture.raw for fixture in load_all()}

PLACES = {name: tuple(nodes(raw)) for name, raw in EVENTS.items()}


class Tables:
    """DynamoDB that takes every write, or refuses each as if somebody else kept changing the item."""

    def __init__(self, *, takes: bool, status: str | None) -> None:
        """Answer so; `status` is what the profile says before each write, None where there is no profile."""
        self._takes, self._item = takes, status and {"subscriptionStatus": {"S": status}}

    def _write(self, **_parameters: Any) -> dict[str, Any]:
        if not self._takes:
            raise condition_failed(self._item)
        return {"Attributes": self._item or {}}

    update_item = transact_write_items = _write

    def get_item(self, **_parameters: Any) -> dict[str, Any]:
        """Find nothing."""
        return {}

    def query(self, **_parameters: Any) -> dict[str, Any]:
        """Find nothing."""
        return {"Items": []}


class NoStripe:
    """Stripe without any object."""

    requests = 0

    def fetch_subscription(self, _subscription_id: str, *, account: str | None) -> None:
        """Find none."""

    def fetch_fresh(self, _kind: str, _id: str, _not_before: str, *, account: str | None) -> None:
        """Find none."""

    def fetch_customer_metadata(self, _customer_id: str, *, account: str | None) -> None:
        """Find none."""

    def fetch_event(self, _form: str, _event_id: str, *, account: str | None, of_preview: bool) -> None:
        """Find none."""


def told(raw: Any, tables: Any, stripe: Any = None, **settings: Any) -> str:
    """Everything CloudWatch gets to see of one invocation: our line, and the error as Lambda logs it."""
    config = Config(table_name="profiles", sync_table_name="sync", **settings)
    output = io.StringIO()
    store = Store(tables, config, stripe, sleep=lambda _: None)
    try:
        handle(raw, Runtime(store, config, make_logger(output=output)))
    except (HandlerError, ClientError) as error:
        raised = f"[ERROR] {type(error).__name__}: {error}"
    else:
        raised = ""
    # As a reader sees it: the log escapes what is not ASCII.
    lines = (json.dumps(json.loads(line), ensure_ascii=False) for line in output.getvalue().splitlines())
    return "\n".join((*lines, raised))


@settings(max_examples=share_of(1500), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=st.data(),
    name=st.sampled_from(sorted(EVENTS)),
    personal=st.sampled_from(PERSONAL),
    takes=st.booleans(),
    unmapped=st.sampled_from(Unmapped),
)
def test_what_is_planted_anywhere_is_never_told(
    data: st.DataObject, name: str, personal: str, unmapped: Unmapped, *, takes: bool
) -> None:
    """In place of any node, ids and statuses included, as text, in a list or as a key of an object."""
    place = data.draw(st.sampled_from(PLACES[name]))
    value = data.draw(
        st.sampled_from((personal, personal, [personal], {personal: personal}, {"id": personal}))
    )
    raw = copy.deepcopy(EVENTS[name])
    put(raw, place, value)
    seen = told(raw, Tables(takes=takes, status=personal), unmapped=unmapped)
    assert seen
    assert personal not in seen.replace("\\n", "\n")


def named_in_errors(identifier: str) -> dict[str, Any]:
    """Events whose errors name ids: nobody knows the user, or the object has to be fetched."""
    thin = {"id": "evt_1", "object": "v2.core.event", "created": "2026-11-22T08:26:45.123Z"}
    return {
        "subscription": events.created(events.subscription(id=identifier, customer=identifier, user=None)),
        "invoice": events.paid(events.invoice(sub=identifier, customer=identifier, user=None)),
        "thin subscription": {
            **thin,
            "type": "v1.customer.subscription.updated",
            "related_object": {"id": identifier, "type": "subscription", "url": "/v1/subscriptions"},
        },
        "thin invoice": {
            **thin,
            "type": "v1.invoice.payment_failed",
            "related_object": {"id": identifier, "type": "invoice", "url": "/v1/invoices"},
        },
        "no profile": events.updated(events.subscription(id=identifier)),
    }


@pytest.mark.parametrize("stripe", [None, NoStripe()], ids=["without Stripe", "Stripe knows nothing"])
@pytest.mark.parametrize("kind", sorted(named_in_errors("")))
def test_errors_that_name_ids_name_no_others(kind: str, stripe: Any) -> None:
    """What looks like an id is named, to search for; anything else is not."""

    def error(identifier: str) -> str:
        seen = told(
            named_in_errors(identifier)[kind],
            Tables(takes=kind != "no profile", status=None),
            stripe,
            unmapped=Unmapped.DEAD_LETTER,
            create_missing_profile=False,
        )
        return seen.partition("[ERROR] ")[2]

    assert "planted_1" in error("planted_1")
    for personal in PERSONAL:
        assert "sha256:" in error(personal)
        assert personal not in error(personal)


def test_ids_that_look_like_ids_are_told() -> None:
    """The test can fail: what looks like an id is told, in each of the places that are logged."""
    raw = events.updated(events.subscription(id="sub_planted", user="user_planted"), event_id="evt_planted")
    seen = told(raw, Tables(takes=True, status="status_planted"))
    assert all(word in seen for word in ("sub_planted", "user_planted", "evt_planted", "status_planted"))


class Broken(Tables):
    """DynamoDB through a client with a bug."""

    def _write(self, **_parameters: Any) -> dict[str, Any]:
        raise KeyError(*PERSONAL)

    update_item = transact_write_items = _write


def test_the_text_of_an_unforeseen_error_is_not_told() -> None:
    """A bug's own text may be a value of the event; its type is told, and the traceback shows where."""
    seen = told(events.updated(events.subscription()), Broken(takes=True, status="active"))
    assert f"[ERROR] {UnexpectedError.__name__}: KeyError" in seen
    assert not any(personal in seen for personal in PERSONAL)
