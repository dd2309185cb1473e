"""The pictures in docs/semantics.md are drawn from the code's own tables."""

import itertools
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.stack.function_log.reasons import RULES
from stripe_handler_cli.stack.stored.owners import CLAIM_WORDS
from stripe_subscription_handler.decisions.access import Access
from stripe_subscription_handler.decisions.claims import Kind
from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.naming import claim_of
from stripe_subscription_handler.decisions.payments import Payment
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.decisions.ranking import STATUS_CLASSES, primary_key
from stripe_subscription_handler.decisions.registers import FIELDS, ITEM_FIELDS
from stripe_subscription_handler.decisions.view_settings import DEFAULTS, ViewSettings
from stripe_subscription_handler.events.envelope import StripeEvent, parse_event
from stripe_subscription_handler.events.event_types import INVOICE_EVENTS, SUBSCRIPTION_EVENTS, Rank
from stripe_subscription_handler.events.invoices import Invoice
from stripe_subscription_handler.events.subscription_items import SubscriptionItem
from stripe_subscription_handler.events.subscriptions import TERMINAL_STATUSES, Subscription
from support import events, item_parts, many
from support.model import Tables, in_every_order

PAGE = (Path(__file__).parents[2] / "docs" / "semantics.md").read_text(encoding="utf-8")

_INVENTED = "any word Stripe may invent"
_START, _CANCEL, _END = "2026-01-01T00:00:00Z", "2026-01-20T00:00:00Z", "2026-02-01T00:00:00Z"
_MOMENTS = {
    None: "none",
    "2026-01-08T00:00:00Z": "start + 7 days",
    _CANCEL: "cancel_at",
    _END: "period's end",
    "2026-02-04T00:00:00Z": "period's end + 72 h",
}
"""What the moments of the picture of access are called."""

HEADINGS = re.findall(r"^## (.*)$", PAGE, re.MULTILINE)


def test_every_reason_of_the_log_has_a_rule_on_the_page() -> None:
    """`stripe-handler explain` says each in words, which belong to a section that exists."""
    assert set(RULES) == set(Reason)
    assert {rule.section for rule in RULES.values()} <= {*HEADINGS, None}
    assert len({rule.sentence for rule in RULES.values()}) == len(RULES)


def _picture(name: str) -> str:
    found = re.search(rf"<!-- drawn from the code: {name} -->\n```\n(.*?)```\n<!-- end -->", PAGE, re.DOTALL)
    assert found is not None, f"docs/semantics.md has no picture '{name}'"
    return found[1]


def test_the_picture_of_ranks() -> None:
    """Every event type of a subscription stands in the column of its rank, lowest first."""
    columns: dict[Rank, list[str]] = {rank: [] for rank in Rank}
    for event_type, rank in SUBSCRIPTION_EVENTS.items():
        columns[rank].append(event_type.rpartition(".")[2])
    columns[Rank.SNAPSHOT].append("snapshot")
    first = " < ".join(names[0] for names in columns.values())
    indent = " " * first.index(columns[Rank.UPDATED][0])
    rest = [indent + name for name in columns[Rank.UPDATED][1:]]
    assert _picture("ranks") == "\n".join([first, *rest]) + "\n"


def _state(status: str, **rest: Any) -> Subscription:
    return Subscription("sub_1", "cus_1", status, "user_42", created=_START, **rest)


def test_the_picture_of_statuses() -> None:
    """Every status on the line of its class, the best first, in the order of the primary subscription."""
    keys = {status: primary_key(_state(status), DEFAULTS) for status in (*STATUS_CLASSES, _INVENTED)}
    paused = {status: primary_key(_state(status, pause_collection="void"), DEFAULTS) for status in keys}
    lower = [status for status, key in paused.items() if key != keys[status]]
    keys[f"{' or '.join(lower)}, collection paused"] = paused[lower[0]]
    assert len({paused[status] for status in lower}) == 1
    drawn: dict[int, str] = {}
    best_first = sorted(keys, key=lambda words: keys[words], reverse=True)
    for before, words in itertools.pairwise([None, *best_first]):
        number = keys[words or ""][0]
        is_equal = before is not None and keys[before] == keys[words or ""]
        drawn[number] = (
            f"{drawn[number]}{', ' if is_equal else ' > '}{words}" if number in drawn else f"{words}"
        )
    dead = {primary_key(_state(status), DEFAULTS)[0] for status in TERMINAL_STATUSES}
    lines = [f"{number}  {text}{'    (ended)' if number in dead else ''}" for number, text in drawn.items()]
    assert _picture("statuses") == "\n".join(lines) + "\n"


def _until(subscription: Subscription, shows: ViewSettings) -> str:
    found = Access(subscription).until(SubscriptionItem("prod_1"), shows)
    return _MOMENTS.get(found, found or "")


def _row(label: str, shows: ViewSettings, status: str, **rest: Any) -> str:
    """What a subscription gives that goes on, has a `cancel_at`, and ends with its period."""
    state = _state(status, **{"current_period_end": _END, "latest_period_start": _START, **rest})
    ways = (state, attrs.evolve(state, cancel_at=_CANCEL), attrs.evolve(state, cancel_at_period_end=True))
    return f"{label:<58}" + "".join(f"{_until(way, shows):<22}" for way in ways).rstrip()


def test_the_picture_of_access() -> None:
    """By each status, and by each setting that changes what one gives."""
    by_status: dict[str, list[str]] = {}
    for status in (*STATUS_CLASSES, _INVENTED):
        by_status.setdefault(_row("", DEFAULTS, status), []).append(status)
    lines = [f"{', '.join(words):<58}{row.strip()}" for row, words in by_status.items()]
    head = f"{'':<58}" + "".join(
        f"{word:<22}" for word in ("it goes on", "cancel_at", "ends with its period")
    )
    days, never = ViewSettings(access_past_due_days=7), ViewSettings(access_past_due_days=0)
    unpaused = ViewSettings(access_while_collection_paused=False)
    rows = (
        _row("past_due, access_past_due_days = 7", days, "past_due"),
        _row("past_due, access_past_due_days = 0", never, "past_due"),
        _row("active, collection paused", DEFAULTS, "active", pause_collection="void"),
        _row("the same, access_while_collection_paused = false", unpaused, "active", pause_collection="void"),
        _row("active, without a period's end", DEFAULTS, "active", current_period_end=None),
    )
    assert _picture("access") == "\n".join([head.rstrip(), *lines, "", *rows]) + "\n"


def test_the_picture_of_payments() -> None:
    """States of one invoice that were reported for one second, the oldest first."""
    invoice = Invoice("in_1", "sub_1", "cus_1", "user_42", created=_START)
    payments = [Payment.of(invoice, event_type, _END) for event_type in INVOICE_EVENTS]
    drawn = dict.fromkeys(one.status for one in sorted(payments, key=lambda one: one.version))
    assert _picture("payments") == " < ".join(drawn) + "\n"


def test_the_picture_of_kinds() -> None:
    """Every kind of claim, the strongest first, in the words of `stripe-handler show`."""
    drawn = [
        f"{int(kind)}  {kind.name.lower():<10}{CLAIM_WORDS[kind]}" for kind in sorted(Kind, reverse=True)
    ]
    assert _picture("kinds") == "\n".join(drawn) + "\n"


def _told(make: Any, body: dict[str, Any], place: int, **rest: Any) -> StripeEvent:
    return parse_event(make(body, event_id=f"evt_{place}", created=events.T0 + place, **rest))


def _subscription(user: str | None, **changes: Any) -> dict[str, Any]:
    return events.subscription(id="sub_B", user=user, **changes)


_OTHER = parse_event(events.created(events.subscription(id="sub_A", user="u1")))
_SESSION = _told(events.completed, events.session(sub="sub_B", user="u2"), 1)
_LABEL = _told(events.updated, _subscription("u3"), 2, previous={"metadata": {"userId": None}})
_HISTORY = {
    "it begins, without a label": _told(events.created, _subscription(None), 0),
    "a checkout session for u2": _SESSION,
    "the label u3 is put on": _LABEL,
    "the session, once more": _SESSION,
    "the label becomes u4": _told(
        events.updated, _subscription("u4"), 3, previous={"metadata": {"userId": "u3"}}
    ),
    "the label u3, once more": _LABEL,
    "an invoice with the label u3": _told(events.paid, events.invoice(sub="sub_B", user="u3"), 4),
    "the label is taken off": _told(
        events.updated, _subscription(None), 5, previous={"metadata": {"userId": "u4"}}
    ),
}
"""What happens to a subscription of a customer whose other one is u1's."""


def _owner(tables: Tables) -> str | None:
    owner: str | None = tables.links.get(("cus_1", "sub_B"), {}).get("owner")
    return owner


def test_the_picture_of_how_a_claim_wins() -> None:
    """It is played on the model of the tables."""
    tables, drawn = Tables(), []
    tables.deliver(_OTHER)
    for what, event in _HISTORY.items():
        claim, before = claim_of(event, Policy()), _owner(tables)
        tables.deliver(event)
        owner = _owner(tables)
        kind, user = (claim.kind, claim.user_id) if claim else (Kind.GUESS, owner)
        became = "it comes to" if before is None else "it moves to" if before != owner else "it stays with"
        drawn.append(f"{what:<31}{int(kind)} {kind.name.lower():<10}{user}    {became:<14}{owner}")
    assert _picture("claims") == "\n".join(drawn) + "\n"


def test_the_end_of_the_picture_is_the_same_in_every_order() -> None:
    """As the page says below it."""
    told = [_OTHER, *{event.id: event for event in _HISTORY.values()}.values()]
    ends = [_owner(tables) for tables in in_every_order(told)]
    assert ends == ["u4"] * math.factorial(len(told))


def _profile(count: int, *, ends: bool) -> int:
    if not ends:
        histories = (many.life(place, "user_42") for place in range(count))
        return many.profile_bytes(many.of_one_user(histories, "user_42"), "user_42")
    tables = Tables()
    for place in range(count):
        for event in many.life(place, "user_42", ends=True):
            tables.deliver(event)
    return many.profile_bytes(tables, "user_42")


def _sizes(counts: Iterable[int], *, ends: bool) -> list[str]:
    sizes = {count: _profile(count, ends=ends) for count in counts}
    return [f"{count:>9,}   {size:>11,}   {-(-size // 1024):>9,}" for count, size in sizes.items()]


def test_the_tables_of_sizes() -> None:
    """Of a user whose subscriptions all live, up to the most that fit, and of one whose all ended."""
    one, two = (_profile(count, ends=False) for count in (1, 2))
    most = 1 + (many.LARGEST_BYTES - one) // (two - one)
    head = f"{'there are':>9}   {'bytes':>11}   {'units':>9}"
    assert _picture("live").splitlines() == [head, *_sizes((1, 10, 100, most), ends=False)]
    assert _profile(most + 1, ends=False) > many.LARGEST_BYTES
    assert _picture("ended").splitlines() == [head, *_sizes((1, 50, 500, 600), ends=True)]


def test_the_table_of_parts() -> None:
    """What each part of an item is for; a further live subscription takes less than half of what it did."""
    assert _picture("parts").splitlines() == item_parts.table()
    before, now = map(int, item_parts.table()[-1].split()[-2:])
    assert now < before / 2


def _names() -> list[str]:
    told = {"register": FIELDS, "item": ITEM_FIELDS}
    return [
        f"{about:<10}{name:<5}{field.replace('_', ' ')}"
        for about, fields in told.items()
        for name, field in fields.items()
    ]


def test_the_names_of_what_is_stored() -> None:
    """Of a register and of its items; besides these it has its version, its second and its candidates."""
    assert _picture("names").splitlines() == _names()
