"""What a call tells its caller, and what it sent, in a form in which two clients can be compared."""

import copy
import json
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from support.dynamodb_wire.clients import ENVIRONMENT, REGION, SECRET, Driven
from support.dynamodb_wire.faults import IS_OF_2026
from support.dynamodb_wire.server import Received, WireDynamoDB
from support.dynamodb_wire.steps import Step

_TTL = re.compile("^ttl=[^;]*; ")
"""Until when an answer is waited for: of no use to DynamoDB. In 2025 the first attempt did not name `max`."""
_OWN = frozenset(("x-amz-date", "authorization", "amz-sdk-invocation-id"))
_UUID_CHARACTERS = 36
TOKEN = "ClientRequestToken"  # noqa: S105 - a field's name


@attrs.frozen
class Told:
    """How a call ended.

    Attributes:
        value: What it returned; None if it raised.
        error: The raised error's type by name.
        is_clients: Whether that is a `ClientError`.
        text: What the error says.
        response: A `ClientError`'s response and operation.
    """

    value: Any = None
    error: str | None = None
    is_clients: bool = False
    text: str = ""
    response: Any = None

    @property
    def code(self) -> str | None:
        """The error code that DynamoDB gave; None without one."""
        return self.response["Error"]["Code"] if self.is_clients else None


@attrs.frozen
class Sent:
    """A request, but for what two clients cannot have in common.

    Attributes:
        line: The request line.
        headers: Names and values in their order, the moment's own left out.
        body: With a random idempotency token replaced by its number among those of the script.
        connection: On which connection, counted from the first of the script.
        invocation: The number of its random invocation id among those of the script.
    """

    line: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connection: int
    invocation: int = -1


def call(client: Any, operation: str, parameters: Mapping[str, Any]) -> Told:
    """Call and note how it ended."""
    try:
        value = getattr(client, operation)(**copy.deepcopy(dict(parameters)))
    except ClientError as error:
        response: dict[str, Any] = copy.deepcopy(dict(error.response))
        is_known = IS_OF_2026 or not _unknown_in_2025(response)
        return Told(
            error=type(error).__name__ if is_known else "ClientError",
            is_clients=True,
            text=str(error),
            response=response | {"operation": error.operation_name},
        )
    except Exception as error:  # noqa: BLE001 - whatever it is, both must raise it
        return Told(error=type(error).__name__, text=str(error))
    return Told(value)


def _unknown_in_2025(response: dict[str, Any]) -> bool:
    """Whether botocore's model did not have the error yet; and takes away what it did not know of others."""
    for name in ("ThrottlingReasons", "throttlingReasons"):
        response.pop(name, None)
    is_unknown = response["Error"]["Code"] == "ThrottlingException"
    if is_unknown:
        response.pop("message", None)
    return is_unknown


@attrs.frozen
class Ran:
    """What came of some calls.

    Attributes:
        pauses: In seconds, in their order.
    """

    told: list[Told]
    sent: list[Sent]
    pauses: list[float]


def run(
    wire: WireDynamoDB, driven: Driven, steps: Sequence[Step], calls: Sequence[tuple[str, Mapping[str, Any]]]
) -> Ran:
    """Make the calls against a script; chance in the client is the same every time."""
    wire.begin(*steps)
    first, before = wire.accepted, len(driven.pauses)
    random.seed(0)
    told = []
    for operation, parameters in calls:
        told.append(call(driven.client, operation, parameters))
        wire.settle()
    return Ran(told, sent(wire.received, first), driven.pauses[before:])


def sent(received: Sequence[Received], before: int = 0) -> list[Sent]:
    """The requests in a comparable form, each one's signature verified."""
    tokens: dict[str | None, int] = {None: 0}
    invocations: dict[str | None, int] = {}
    found = []
    for one in received:
        if not one.head:
            found.append(Sent("", (), b"", one.connection - before))
            continue
        assert one.header("Authorization") == signature_of(one), one.head
        invocation = one.header("amz-sdk-invocation-id")
        token = token_of(one)
        number = tokens.setdefault(token, len(tokens))
        found.append(
            Sent(
                one.request_line,
                tuple((name, _in_common(name, text)) for name, text in one.headers),
                one.body if is_given(token) else one.body.replace(str(token).encode(), b"%d" % number),
                one.connection - before,
                invocations.setdefault(invocation, len(invocations)),
            )
        )
    return found


def _in_common(name: str, text: str) -> str:
    if name.lower() in _OWN:
        return ""
    if name.lower() == "amz-sdk-request":
        return _TTL.sub("", text if IS_OF_2026 else text.partition("; max")[0])
    return text


def token_of(one: Received) -> str | None:
    """The idempotency token of a request."""
    token: str | None = json.loads(one.body).get(TOKEN)
    return token


def is_given(token: str | None) -> bool:
    """Whether there is no token, or one of the caller's: the clients make UUIDs."""
    return token is None or len(token) != _UUID_CHARACTERS


def signature_of(one: Received) -> str:
    """Sign what came as botocore signs it, for the time that it names: its `Authorization`."""
    authorization = one.header("Authorization") or ""
    names = authorization.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    request = AWSRequest("POST", f"http://{one.header('Host')}{one.request_line.split()[1]}", data=one.body)
    for name in names:
        request.headers[name] = one.header(name) or ""
    request.context["timestamp"] = one.header("X-Amz-Date")
    signer = SigV4Auth(Credentials(ENVIRONMENT["AWS_ACCESS_KEY_ID"], SECRET), "dynamodb", REGION)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={';'.join(names)}, "
        f"Signature={signer.signature(text, request)}"
    )
