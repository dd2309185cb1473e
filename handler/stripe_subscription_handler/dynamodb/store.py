"""Executes what a conversation asks for, with one request for each question: to the two tables and to Stripe.

`Store.run` holds the conversation of `handling` and counts the requests it makes.
"""

import random
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import attrs
from botocore.exceptions import ClientError

from stripe_subscription_handler.aws_clients import aws_client
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.messages import (
    Answer,
    Blocked,
    CustomerUser,
    FetchCustomerUser,
    Fetched,
    FetchedInvoice,
    FetchInvoice,
    FetchSubscription,
    Handling,
    ItemSeen,
    Outcome,
    Park,
    ReadLinks,
    ReadParked,
    Request,
    Unpark,
    WriteLink,
    Written,
)
from stripe_subscription_handler.decisions.decision import OwnerLink, ReadItem, Write
from stripe_subscription_handler.decisions.ledger import KNOWN
from stripe_subscription_handler.dynamodb.expressions import (
    Placeholders,
    condition_expression,
    update_expression,
)
from stripe_subscription_handler.dynamodb.sync_table import SyncTable
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.errors import ConcurrentUpdateError, StripeUnavailableError
from stripe_subscription_handler.events.invoices import read_invoice
from stripe_subscription_handler.events.subscriptions import read_subscription, with_end

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from stripe_subscription_handler.stripe_side.api import StripeApi

_CONDITION_FAILED = ("ConditionalCheckFailedException", "ConditionalCheckFailed")
_CONFLICT = frozenset(
    ("TransactionConflictException", "TransactionConflict", "TransactionInProgressException")
)
_THROTTLED = frozenset(("ThrottlingError", "ProvisionedThroughputExceeded"))
"""Reasons of a cancelled transaction, which the client does not try again as it does a throttled request."""
_MAX_CONFLICTS = 10
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.64


class _ConflictError(Exception):
    """A transaction held an item that was to be written."""


def dynamodb_client() -> "DynamoDBClient":
    """Make a DynamoDB client whose retries and time-outs fit in the function's 30 seconds."""
    retries = {"mode": "standard", "total_max_attempts": 4}
    client: DynamoDBClient = aws_client(
        "dynamodb", connect_timeout=2, read_timeout=4, tcp_keepalive=True, retries=retries
    )
    return client


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
        self._sync = SyncTable(
            self.client, self.config.sync_table_name, self._send, self.clock, self.config.user_id_metadata_key
        )

    def run(self, conversation: Handling, raw: Mapping[str, Any]) -> Outcome:
        """Hold one event's conversation to its end.

        `raw` is the event as it came, envelope included; it is kept if the event is parked.

        Raises:
            HandlerError: As the conversation says.
            botocore.exceptions.ClientError: DynamoDB refused for another reason than a failed condition.
        """
        refusals = 0
        try:
            request = next(conversation)
            while True:
                answer = self._answer(request, raw, refusals)
                if isinstance(answer, Written):
                    refusals = 0  # what follows is another write, of a parked event say
                elif isinstance(answer, ItemSeen) and isinstance(request, Write):
                    refusals += 1
                request = conversation.send(answer)
        except StopIteration as stop:
            outcome: Outcome = stop.value
            return outcome

    def _answer(  # noqa: C901, PLR0911 - a table
        self, request: Request, raw: Mapping[str, Any], refusals: int
    ) -> Answer:
        match request:
            case Write():
                return self._write(request, refusals)
            case ReadItem(user_id):
                return self._read(user_id)
            case ReadLinks(customer_id):
                return self._sync.read_links(customer_id)
            case WriteLink():
                return self._sync.write_link(request)
            case Park():
                return self._sync.park(request, raw.get("detail", raw))
            case ReadParked(customer_id):
                return self._sync.read_parked(customer_id)
            case Unpark():
                return self._sync.unpark(request)
            case FetchSubscription():
                return self._fetch_subscription(request)
            case FetchInvoice():
                return self._fetch_invoice(request)
            case FetchCustomerUser():
                return self._fetch_customer_user(request)

    def _pause(self, attempt: int) -> None:
        longest = min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)
        self.sleep(random.uniform(0, longest))  # noqa: S311 - jitter, not a secret

    def _read(self, user_id: str) -> ItemSeen:
        key = to_wire(self.config.profile_key(user_id))
        parameters = {"TableName": self.config.table_name, "Key": key, "ConsistentRead": True}
        return ItemSeen(from_wire(self._send(self.client.get_item, parameters).get("Item")))

    def _write(self, write: Write, refusals: int) -> Written | ItemSeen | Blocked:
        try:
            answer = self._transact(write, write.link) if write.link else self._update(write)
        except _ConflictError:
            pass
        else:
            # The first refusal is the normal way to read the item; only later ones are lost races.
            if not refusals or not isinstance(answer, ItemSeen):
                return answer
        self._pause(refusals)
        # What a refusal told is out of date after the pause: a write based on it would lose again.
        return self._read(write.user_id)

    def _update(self, write: Write) -> Written | ItemSeen:
        parameters = {**self._profile_update(write), "ReturnValues": "UPDATED_OLD"}
        try:
            response = self._send(self.client.update_item, parameters, repeats_conflicts=False)
        except ClientError as error:
            if error.response["Error"].get("Code") not in _CONDITION_FAILED:
                raise
            refused: Any = error.response
            return ItemSeen(from_wire(refused.get("Item")))
        return Written(old=from_wire(response.get("Attributes")) or {})

    def _transact(self, write: Write, link: OwnerLink) -> Written | ItemSeen | Blocked:
        linking = self._sync.link_update(link, unless_parked=not write.despite_parked)
        items = [{"Update": self._profile_update(write)}, {"Update": linking}]
        try:
            self._send(self.client.transact_write_items, {"TransactItems": items}, repeats_conflicts=False)
        except ClientError as error:
            reasons: list[Any] = list(error.response.get("CancellationReasons", ()))
            failed = [reason.get("Code") in _CONDITION_FAILED for reason in reasons]
            if not any(failed):
                raise
            return ItemSeen(from_wire(reasons[0].get("Item"))) if failed[0] else Blocked()
        return Written()

    def _profile_update(self, write: Write) -> dict[str, Any]:
        words = Placeholders()
        known = {KNOWN: frozenset({write.known})} if write.known is not None else {}
        return {
            "TableName": self.config.table_name,
            "Key": to_wire(self.config.profile_key(write.user_id)),
            "UpdateExpression": update_expression(write.set, write.remove, known, words),
            "ConditionExpression": condition_expression(write.condition, words),
            "ExpressionAttributeNames": words.names,
            "ExpressionAttributeValues": to_wire(words.values),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def _fetch_subscription(self, request: FetchSubscription) -> Fetched:
        # Where no second is named, any state is fresh enough.
        subscription_id, second = request.subscription_id, request.not_before or ""
        snapshot = self._asked().fetch_fresh("subscription", subscription_id, second, account=request.account)
        if snapshot is None:
            return Fetched(None, second)
        key = self.config.user_id_metadata_key
        subscription = read_subscription(snapshot.object, "subscription", key)
        return Fetched(with_end(subscription, snapshot.as_of), snapshot.as_of)

    def _fetch_invoice(self, request: FetchInvoice) -> FetchedInvoice:
        invoice_id, second = request.invoice_id, request.not_before
        snapshot = self._asked().fetch_fresh("invoice", invoice_id, second, account=request.account)
        if snapshot is None:
            return FetchedInvoice(None, second)
        invoice = read_invoice(snapshot.object, "invoice", self.config.user_id_metadata_key)
        return FetchedInvoice(invoice, snapshot.as_of)

    def _fetch_customer_user(self, request: FetchCustomerUser) -> CustomerUser:
        metadata = self._asked().fetch_customer_metadata(request.customer_id, account=request.account) or {}
        return CustomerUser(metadata.get(self.config.user_id_metadata_key) or None)

    def _asked(self) -> "StripeApi":
        if self.stripe is None:
            raise StripeUnavailableError("Stripe must be asked, and no Stripe key is configured")
        return self.stripe

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
