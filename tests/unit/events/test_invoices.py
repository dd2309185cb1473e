"""A Stripe invoice of any shape becomes one `Invoice`, or an error that names the field."""

from typing import Any

import pytest

from stripe_subscription_handler import InvalidEventError, Invoice, parse_event
from support import events
from support.fixtures import MISSING, changed

SECRET = "a-secret-value"  # noqa: S105 - stands for personal data in the tables below
T0, T0_TEXT = events.T0, "2025-11-22T08:26:40Z"
LATER, LATER_TEXT = events.T0 + 60, "2025-11-22T08:27:40Z"
DETAILS = "parent.subscription_details"


def bare(**changes: Any) -> dict[str, Any]:
    """An invoice that names no subscription anywhere."""
    return {
        "id": "in_1",
        "object": "invoice",
        "created": T0,
        "customer": "cus_1",
        "amount_due": 2000,
        "amount_paid": 2000,
        "currency": "usd",
        "attempt_count": 1,
        **changes,
    }


def read(body: dict[str, Any]) -> Invoice:
    """The invoice of an event around the object."""
    invoice = parse_event(events.paid(body)).invoice
    assert invoice is not None
    return invoice


def field_of(body: dict[str, Any]) -> str:
    """The field, inside the object, that the error names; it never shows a value."""
    with pytest.raises(InvalidEventError) as caught:
        read(body)
    assert SECRET not in str(caught.value)
    return caught.value.field.removeprefix("event.data.object.")


def lines(*elements: Any) -> dict[str, Any]:
    """A Stripe list of invoice lines."""
    return {"object": "list", "data": list(elements), "has_more": False}


def subscription_line(subscription: Any = "sub_1", **changes: Any) -> dict[str, Any]:
    """A line of a subscription since 2019-12-03, before 2025-03-31."""
    return {"id": "il_1", "type": "subscription", "subscription": subscription, **changes}


def parented_line(subscription: Any = "sub_1", **changes: Any) -> dict[str, Any]:
    """A line of a subscription since 2025-03-31.basil."""
    details = {"subscription": subscription, "subscription_item": "si_1", "invoice_item": None}
    parent = {"type": "subscription_item_details", "subscription_item_details": details}
    return {"id": "il_1", "parent": {**parent, "invoice_item_details": None}, **changes}


REQUIRED_TEXT = (MISSING, None, "", 7, True, [SECRET], {"id": SECRET})
NOT_A_TIME = (True, 1.5, -1, 10**12, SECRET, [SECRET], {"at": SECRET})
NOT_AN_INTEGER = (True, 1.5, "1", SECRET, [1], {"n": 1})
NOT_TEXT = (7, True, [SECRET], {"id": SECRET})
NOT_AN_OBJECT = (7, True, SECRET, [SECRET])
NOT_A_REFERENCE = (7, True, "", [SECRET])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("id", value) for value in REQUIRED_TEXT],
        *[("created", value) for value in (MISSING, None, *NOT_A_TIME)],
        *[("customer", value) for value in NOT_A_REFERENCE],
        *[("currency", value) for value in NOT_TEXT],
        *[("amount_due", value) for value in NOT_AN_INTEGER],
        *[("amount_paid", value) for value in NOT_AN_INTEGER],
        *[("attempt_count", value) for value in NOT_AN_INTEGER],
        *[("next_payment_attempt", value) for value in NOT_A_TIME],
        *[("status_transitions", value) for value in NOT_AN_OBJECT],
        *[("status_transitions.paid_at", value) for value in NOT_A_TIME],
        *[("parent", value) for value in NOT_AN_OBJECT],
        *[(DETAILS, value) for value in NOT_AN_OBJECT],
        *[(f"{DETAILS}.subscription", value) for value in NOT_A_REFERENCE],
        *[(f"{DETAILS}.metadata", value) for value in NOT_AN_OBJECT],
        *[(f"{DETAILS}.metadata.userId", value) for value in NOT_TEXT],
    ],
    ids=repr,
)
def test_a_malformed_field_is_named(field: str, value: Any) -> None:
    """Missing or of the wrong type, in today's shape: the path is exact."""
    assert field_of(changed(events.invoice(), field, value)) == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("subscription", value) for value in NOT_A_REFERENCE],
        *[("subscription_details", value) for value in NOT_AN_OBJECT],
        *[("subscription_details.metadata", value) for value in NOT_AN_OBJECT],
        *[("subscription_details.metadata.userId", value) for value in NOT_TEXT],
        *[("lines", value) for value in NOT_AN_OBJECT],
        *[("lines.data", value) for value in (7, True, SECRET, {"id": SECRET})],
        *[("lines.data[0]", value) for value in (7, True, SECRET, [SECRET], None)],
        *[("lines.data[0].type", value) for value in NOT_TEXT],
        *[("lines.data[0].subscription", value) for value in NOT_A_REFERENCE],
        *[("lines.data[0].metadata", value) for value in NOT_AN_OBJECT],
        *[("lines.data[0].metadata.userId", value) for value in NOT_TEXT],
        *[("lines.data[0].parent", value) for value in NOT_AN_OBJECT],
    ],
    ids=repr,
)
def test_a_malformed_field_of_an_older_shape_is_named(field: str, value: Any) -> None:
    """The places that older shapes name the subscription in are checked as well."""
    assert field_of(changed(bare(lines=lines(subscription_line())), field, value)) == field


@pytest.mark.parametrize("value", NOT_AN_OBJECT)
def test_malformed_details_of_a_line_s_parent_are_named(value: Any) -> None:
    """Down to the line's own parent."""
    details = "lines.data[0].parent.subscription_item_details"
    body = bare(lines=lines(parented_line()))
    assert field_of(changed(body, details, value)) == details
    assert field_of(changed(body, f"{details}.subscription", [SECRET])) == f"{details}.subscription"


def test_a_malformed_line_id_is_named_where_it_may_be_the_subscription() -> None:
    """Only a subscription line without a subscription is looked at by its id."""
    assert field_of(bare(lines=lines(subscription_line(None, id=7)))) == "lines.data[0].id"
    assert read(bare(lines=lines({"id": 7, "type": "invoiceitem"}))).subscription_id is None


def test_the_expanded_subscription_needs_an_id() -> None:
    """The error points into the expanded object."""
    assert field_of(bare(subscription={"object": "subscription"})) == "subscription.id"
    body = changed(events.invoice(), f"{DETAILS}.subscription", {"id": 7})
    assert field_of(body) == f"{DETAILS}.subscription.id"


def test_an_old_invoice_has_a_date() -> None:
    """Before 2019 `created` is called `date`; the newer name is preferred."""
    assert read(changed(bare(date=LATER), "created", MISSING)).created == LATER_TEXT
    assert read(bare(date=LATER)).created == T0_TEXT
    assert field_of(changed(bare(date=SECRET), "created", MISSING)) == "date"


def test_today_s_shape_is_read_whole() -> None:
    """Every field of the normalised invoice, at once."""
    body = events.invoice(
        status_transitions={"paid_at": LATER}, amount_paid=1500, attempt_count=2, next_payment_attempt=LATER
    )
    assert read(body) == Invoice(
        id="in_1",
        subscription_id="sub_1",
        customer_id="cus_1",
        user_id="user_1",
        created=T0_TEXT,
        paid_at=LATER_TEXT,
        amount_paid=1500,
        amount_due=2000,
        currency="usd",
        attempt_count=2,
        next_payment_attempt=LATER_TEXT,
    )


def test_only_id_and_creation_are_needed() -> None:
    """Everything else may be missing."""
    invoice = read({"id": "in_1", "created": T0})
    assert (invoice.id, invoice.created) == ("in_1", T0_TEXT)
    rest = ("subscription_id", "customer_id", "user_id", "paid_at", "amount_paid", "amount_due", "currency")
    assert [getattr(invoice, name) for name in rest] == [None] * len(rest)


def details_of(subscription: Any = "sub_1", user: str | None = "user_1") -> dict[str, Any]:
    """The parent of a subscription's invoice since 2025-03-31.basil."""
    details = {"subscription": subscription, "metadata": {"userId": user} if user else None}
    return {"type": "subscription_details", "subscription_details": details, "quote_details": None}


EXPANDED = {"id": "sub_1", "object": "subscription", "metadata": {"userId": "user_1"}}
TAGGED = {"metadata": {"userId": "user_1"}}


@pytest.mark.parametrize(
    ("changes", "user"),
    [
        pytest.param({"parent": details_of()}, "user_1", id="parent"),
        pytest.param({"parent": details_of(user=None)}, None, id="parent without metadata"),
        pytest.param({"parent": details_of(EXPANDED, None)}, "user_1", id="parent, expanded"),
        pytest.param({"parent": details_of({"id": "sub_1"}, None)}, None, id="parent, expanded, no metadata"),
        pytest.param({"subscription": "sub_1"}, None, id="subscription"),
        pytest.param({"subscription": EXPANDED}, "user_1", id="subscription, expanded"),
        pytest.param({"subscription": "sub_1", "subscription_details": TAGGED}, "user_1", id="2023"),
        pytest.param(
            {"subscription": "sub_1", "subscription_details": {"metadata": None}}, None, id="2023, null"
        ),
        pytest.param({"lines": lines(parented_line())}, None, id="line's parent"),
        pytest.param({"lines": lines(parented_line(**TAGGED))}, "user_1", id="line's parent, tagged"),
        pytest.param({"lines": lines(subscription_line())}, None, id="line's subscription"),
        pytest.param(
            {"lines": lines(subscription_line(**TAGGED))}, "user_1", id="line's subscription, tagged"
        ),
        pytest.param({"lines": lines(subscription_line(EXPANDED))}, None, id="line's subscription, expanded"),
        pytest.param({"lines": lines(subscription_line(None, id="sub_1"))}, None, id="line's id"),
        pytest.param(
            {"lines": lines(subscription_line(None, id="sub_1", **TAGGED))}, "user_1", id="line's id, tagged"
        ),
        pytest.param(
            {"lines": lines({"id": "il_1", "subscription": "sub_1"})}, None, id="line without a type"
        ),
        pytest.param(
            {"subscription": "sub_1", "lines": lines(subscription_line(**TAGGED))},
            "user_1",
            id="user on the line",
        ),
        pytest.param(
            {"parent": details_of(user=None), "lines": lines(parented_line(), parented_line(**TAGGED))},
            "user_1",
            id="user on the second line",
        ),
        pytest.param(
            {"lines": lines({"id": "ii_1", "type": "invoiceitem"}, subscription_line(**TAGGED))},
            "user_1",
            id="an invoice item first",
        ),
    ],
)
def test_the_subscription_is_found_in_any_place(changes: dict[str, Any], user: str | None) -> None:
    """Each shape names it somewhere; the user is the snapshot of the subscription's metadata beside it."""
    invoice = read(bare(**changes))
    assert (invoice.subscription_id, invoice.user_id) == ("sub_1", user)


def test_the_best_place_wins() -> None:
    """The parent before the old field, the invoice before its lines."""
    body = bare(
        parent=details_of("sub_parent", None),
        subscription="sub_old",
        subscription_details=TAGGED,
        lines=lines(parented_line("sub_line", **TAGGED)),
    )
    assert (read(body).subscription_id, read(body).user_id) == ("sub_parent", None)
    body = changed(body, "parent", None)
    assert (read(body).subscription_id, read(body).user_id) == ("sub_old", "user_1")
    body = bare(lines=lines(parented_line("sub_line"), subscription_line("sub_2", **TAGGED)))
    assert (read(body).subscription_id, read(body).user_id) == ("sub_line", None)


def test_a_user_of_another_subscription_is_never_taken() -> None:
    """A line of a second subscription may be tagged with somebody else."""
    body = bare(subscription="sub_1", lines=lines(subscription_line("sub_2", metadata={"userId": "other"})))
    assert (read(body).subscription_id, read(body).user_id) == ("sub_1", None)


PRORATION = {"invoice_item": "ii_1", "proration": True, "subscription": "sub_1"}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"parent": None, "subscription": None, "lines": None}, id="nulls"),
        pytest.param({"parent": {"type": "quote_details", "subscription_details": None}}, id="a quote's"),
        pytest.param({"subscription_details": {"metadata": None}, "subscription": None}, id="2023"),
        pytest.param({"lines": lines()}, id="no lines"),
        pytest.param({"lines": lines({"id": "ii_1", "type": "invoiceitem"})}, id="an item"),
        pytest.param(
            {
                "lines": lines(
                    {"id": "ii_1", "type": "invoiceitem", "proration": True, "subscription": "sub_1"}
                )
            },
            id="a proration",
        ),
        pytest.param({"lines": lines({"id": "sub_1", "type": "invoiceitem"})}, id="an item with an odd id"),
        pytest.param({"lines": lines(subscription_line(None))}, id="a line id that is no subscription's"),
        pytest.param(
            {"lines": lines({"parent": {"type": "invoice_item_details", "invoice_item_details": PRORATION}})},
            id="a proration since basil",
        ),
        pytest.param(
            {
                "lines": lines(
                    {
                        "subscription": "sub_1",
                        "parent": {
                            "type": "invoice_item_details",
                            "invoice_item_details": PRORATION,
                            "subscription_item_details": None,
                        },
                    }
                )
            },
            id="a proration since basil, with the line's old field",
        ),
        pytest.param(
            {
                "lines": lines(
                    {
                        "parent": {
                            "type": "subscription_item_details",
                            "subscription_item_details": {**PRORATION, "subscription_item": "si_1"},
                        }
                    }
                )
            },
            id="a proration under flexible billing",
        ),
    ],
)
@pytest.mark.parametrize("reason", ["manual", None])
def test_an_invoice_that_bills_no_subscription_is_one_off(
    changes: dict[str, Any], reason: str | None
) -> None:
    """A proration that a manual invoice swept up mentions a subscription, but the invoice is not its bill."""
    assert read(bare(billing_reason=reason, **changes)).subscription_id is None


def test_the_metadata_of_a_one_off_invoice_names_nobody() -> None:
    """Metadata of the invoice itself, or of an item on it, is not the subscription's."""
    item = {"id": "ii_1", "type": "invoiceitem", **TAGGED}
    assert read(bare(lines=lines(item), **TAGGED)).user_id is None


@pytest.mark.parametrize("customer", [None, MISSING])
def test_an_invoice_may_have_no_customer(customer: Any) -> None:
    """Stripe's own type allows it."""
    assert read(changed(events.invoice(), "customer", customer)).customer_id is None


def test_the_customer_may_be_expanded_or_deleted() -> None:
    """Only its id is kept."""
    for expanded in ({"id": "cus_9", "email": "customer@example.com"}, {"id": "cus_9", "deleted": True}):
        assert read(events.invoice(customer=expanded)).customer_id == "cus_9"
