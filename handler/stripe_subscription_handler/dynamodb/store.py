"""Executes what a conversation asks for, with one request for each question: to the two tables and to Stripe.

`Store.run` holds the conversation of `handling` and counts the requests it makes.
"""

import base64
import random
import time
from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
from botocore.exceptions import ClientError

from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.links import Link
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Commit,
    Delete,
    Fetch,
    Fetched,
    FetchedEvent,
    FetchEvent,
    ItemSeen,
    Links,
    ReadLink,
    ReadLinks,
    ReadParked,
    Refused,
    Request,
    Written,
)
from stripe_subscription_handler.decisions.decision import ReadItem, Write
from stripe_subscription_handler.dynamodb.sync_table import SyncTable
from stripe_subscription_handler.dynamodb.transactions import (
    CONDITION_FAILED,
    Transaction,
    profile_deletion,
    profile_of,
    profile_update,
    putting_back,
)
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.errors import (
    ConcurrentUpdateError,
    HandlerError,
    ItemTooLargeError,
    StripeUnavailableError,
)
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.events.objects import read_object

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from stripe_subscription_handler.stripe_side.api import StripeApi

_CONDITION_FAILED = ("ConditionalCheckFailedException", CONDITION_FAILED)
_TOO_LARGE = "Item size"
"""In DynamoDB's words where an item would pass 400 KB; the error's code is that of any malformed request."""
_CONFLICT = frozenset(
    ("TransactionConflictException", "TransactionConflict", "TransactionInProgressException")
)
_THROTTLED = frozenset(("ThrottlingError", "ProvisionedThroughputExceeded"))
"""Reasons of a cancelled transaction, which the client does not try again as it does a throttled request."""
_MAX_CONFLICTS = 10
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.64
_ORDINARY_REFUSALS = 2
"""So often a refusal is how a conversation reads: the item, then the links. Further ones are lost races."""
_REVISION_BYTES = 6
"""Two of one moment are the same once in 280 million million times."""

_Told = TypeVar("_Told")
"""What a conversation comes to: an event's outcome, say."""


class _ConflictError(Exception):
    """A transaction held an item that was to be written."""


@attrs.define
class Store:
    """The two tables and, where there is a key, Stripe.

    Attributes:
        sleep: Waits between rounds that lost a race, in seconds.
        clock: The Unix time in seconds.
        requests: Requests sent to DynamoDB so far, the client's own retries included.
    """

    client: "DynamoDBClient"
    config: Config
    stripe: "StripeApi | None" = None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    requests: int = 0
    _sync: SyncTable = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._sync = SyncTable(self.client, self.config.sync_table_name, self._send, self.config.selection)

    def run(self, conversation: Generator[Request, Answer, _Told], raw: Mapping[str, Any]) -> _Told:
        """Hold a conversation to its end: an event's, or one without any.

        `raw` is the event as it came, envelope included; it is kept if the event is parked.

        Raises:
            HandlerError: As the conversation says.
            botocore.exceptions.ClientError: DynamoDB refused for another reason than a failed condition.
        """
        refusals = 0
        try:
            request = next(conversation)
            while True:
                try:
                    answer = self._answer(request, raw, refusals)
                except HandlerError as error:
                    # The conversation may know what to do without: a drain goes on with the next event.
                    request = conversation.throw(error)
                    continue
                if isinstance(answer, Written):
                    refusals = 0  # what follows is another write, of a parked event say
                elif isinstance(request, Write | Commit | Delete):
                    refusals += 1
                request = conversation.send(answer)
        except StopIteration as stop:
            told: _Told = stop.value
            return told

    def write_as_seen(self, request: Write | Commit, raw: Mapping[str, Any]) -> Written | None:
        """Send one write that was decided on what was read before; None where something else is there now.

        `raw` as for `run`, which then decides anew.

        Raises:
            ItemTooLargeError: An item would pass 400 KB.
            botocore.exceptions.ClientError: DynamoDB refused for another reason than a failed condition.
        """
        try:
            if isinstance(request, Write):
                answer: Answer = self._update(request, returns="NONE")
            else:
                answer = self._commit(request, raw.get("detail", raw), 0)
        except _ConflictError:
            return None
        return answer if isinstance(answer, Written) else None

    def _answer(  # noqa: PLR0911 - a table
        self, request: Request, raw: Mapping[str, Any], refusals: int
    ) -> Answer:
        match request:
            case Write():
                return self._write(request, refusals)
            case Commit():
                return self._commit(request, raw.get("detail", raw), refusals)
            case Delete():
                return self._delete(request, refusals)
            case ReadItem(user_id):
                return self._read(user_id)
            case ReadLink(customer_id, subscription_id):
                return self._sync.read_link(customer_id, subscription_id)
            case ReadLinks(customer_id):
                return self._sync.read_links(customer_id)
            case ReadParked(customer_id):
                return self._sync.read_parked(customer_id)
            case Fetch():
                return self._fetch(request)
            case FetchEvent():
                return self._fetch_event(request)

    def _pause(self, attempt: int) -> None:
        longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)
        self.sleep(random.uniform(0, longest))  # noqa: S311 - jitter, not a secret

    def _read(self, user_id: str) -> ItemSeen:
        key = to_wire(self.config.profile_key(user_id))
        parameters = {"TableName": self.config.table_name, "Key": key, "ConsistentRead": True}
        return ItemSeen(from_wire(self._send(self.client.get_item, parameters).get("Item")))

    def _write(self, write: Write, refusals: int) -> Written | ItemSeen:
        try:
            answer = self._update(write)
        except _ConflictError:
            refusals = max(refusals, _ORDINARY_REFUSALS)
        else:
            if refusals < _ORDINARY_REFUSALS or not isinstance(answer, ItemSeen):
                return answer
        self._pause(refusals - _ORDINARY_REFUSALS)
        # What a refusal told is out of date after the pause: a write based on it would lose again.
        return self._read(write.user_id)

    def _update(self, write: Write, returns: str = "UPDATED_OLD") -> Written | ItemSeen:
        revision = _new_revision()
        parameters = {**profile_update(self.config, write, revision), "ReturnValues": returns}
        try:
            response = self._send(self.client.update_item, parameters, repeats_conflicts=False)
        except ClientError as error:
            if _TOO_LARGE in str(error):
                raise ItemTooLargeError(profile_of(write.user_id)) from None
            if error.response["Error"].get("Code") not in _CONDITION_FAILED:
                raise
            refused: Any = error.response
            return ItemSeen(from_wire(refused.get("Item")))
        return Written(revision, from_wire(response.get("Attributes")) or {})

    def _delete(self, request: Delete, refusals: int) -> Written | ItemSeen:
        parameters = profile_deletion(self.config, request)
        try:
            response = self._send(self.client.delete_item, {**parameters, "ReturnValues": "ALL_OLD"})
        except ClientError as error:
            if error.response["Error"].get("Code") not in _CONDITION_FAILED:
                raise
            refused: Any = error.response
            if refusals >= _ORDINARY_REFUSALS:
                self._pause(refusals - _ORDINARY_REFUSALS)
            return ItemSeen(from_wire(refused.get("Item")))
        known = {*request.ours, *self.config.profile_key(request.user_id)}
        old = from_wire(response.get("Attributes")) or {}
        others = {name: value for name, value in old.items() if name not in known}
        if others:
            # The app has written between the look at the item and its deletion; that changes no revision.
            self._send(self.client.update_item, putting_back(self.config, request.user_id, others))
        return Written("")

    def _commit(self, commit: Commit, stripe_event: Mapping[str, Any], refusals: int) -> Written | Refused:
        revision = _new_revision()
        transaction = Transaction.of(commit, self.config, stripe_event, revision, int(self.clock()))
        try:
            self._send(self.client.transact_write_items, {"TransactItems": list(transaction.actions)})
        except ClientError as error:
            reasons: list[Any] = list(error.response.get("CancellationReasons", ()))
            refused = transaction.refused(reasons)
            if refused is None:
                concerned = [_TOO_LARGE in str(reason.get("Message")) for reason in reasons]
                too_large = transaction.named(concerned)
                if too_large is not None:
                    raise ItemTooLargeError(too_large) from None
                raise
            if refusals < _ORDINARY_REFUSALS:
                return refused
        else:
            return Written(revision)
        self._pause(refusals - _ORDINARY_REFUSALS)
        return attrs.evolve(refused, items={user_id: self._read(user_id).item for user_id in refused.items})

    def _fetch(self, request: Fetch) -> Fetched:
        # Where no second is named, any state is fresh enough.
        subject, identifier, second = request.subject, request.object_id, request.not_before or ""
        snapshot = self._asked().fetch_fresh(subject, identifier, second, account=request.account)
        if snapshot is None:
            return Fetched(None, second)
        as_of = snapshot.as_of
        return Fetched(read_object(subject, snapshot.object, as_of, self.config.selection), as_of)

    def _fetch_event(self, request: FetchEvent) -> FetchedEvent:
        body = self._asked().fetch_event(
            request.form, request.event_id, account=request.account, of_preview=request.of_preview
        )
        return FetchedEvent(None if body is None else parse_event(body, self.config.selection))

    def _asked(self) -> "StripeApi":
        if self.stripe is None:
            raise StripeUnavailableError("Stripe must be asked, and no Stripe key is configured")
        return self.stripe

    def send(self, call: Callable[..., Any], parameters: dict[str, Any]) -> Any:
        """Send a request that no conversation asks for, and count it; a conflict is waited for."""
        return self._send(call, parameters)

    def seen(self, user_id: str) -> ItemSeen:
        """Read a user's item as it is now."""
        return self._read(user_id)

    def links_of(self, customer_id: str) -> Links:
        """Read a customer's record and all its links as they are now."""
        return self._sync.read_links(customer_id)

    def link_of(self, customer_id: str, subscription_id: str) -> Link | None:
        """Read one subscription's link as it is now."""
        return self._sync.link(customer_id, subscription_id)

    def _send(
        self, call: Callable[..., Any], parameters: dict[str, Any], *, repeats_conflicts: bool = True
    ) -> Any:
        for attempt in range(_MAX_CONFLICTS):
            try:
                response = call(**parameters)
            except ClientError as error:
                self._count(error.response)
                reasons: list[Any] = list(error.response.get("CancellationReasons", ()))
                codes = {error.response["Error"].get("Code"), *(reason.get("Code") for reason in reasons)}
                # A condition that failed in the same transaction will fail again: that is the answer.
                if not codes & (_CONFLICT | _THROTTLED) or codes & {"ConditionalCheckFailed"}:
                    raise
                if codes & _THROTTLED and attempt == _MAX_CONFLICTS - 1:
                    raise
                if codes & _CONFLICT and not repeats_conflicts:
                    raise _ConflictError from error
                self._pause(attempt)
            else:
                self._count(response)
                return response
        raise ConcurrentUpdateError(f"DynamoDB reported a transaction conflict {_MAX_CONFLICTS} times")

    def _count(self, response: Any) -> None:
        self.requests += 1 + response.get("ResponseMetadata", {}).get("RetryAttempts", 0)


def _new_revision() -> str:
    return base64.urlsafe_b64encode(
        random.getrandbits(8 * _REVISION_BYTES).to_bytes(_REVISION_BYTES)
    ).decode()
