"""What can go wrong with a request, and how often it is then sent: botocore's standard mode. Data only.

Source: botocore's `retries/standard.py`, of 2026. One of 2025 pauses longer after what is no throttling, and
does not know the status 429. Which one a runtime has is AWS's choice, and the lean client follows it.
"""

import attrs
from botocore.retries import standard

from support.dynamodb_wire.steps import Crc, Drop, End, Framing, Reply, Step, refusal

ATTEMPTS = 4
IS_OF_2026 = hasattr(standard, "MaxAttemptsSeeder")
THROTTLING = "ThrottlingException" if IS_OF_2026 else "ClientError"
"""The class of that error."""
REPEATED_STATUSES = frozenset((500, 502, 503, 504, *((429,) if IS_OF_2026 else ())))
"""Whatever stands in the answer."""
_THROTTLED, _ELSE = 1.0, 0.025 if IS_OF_2026 else 1.0
"""The longest first pause, in seconds; each further one may be twice as long."""


@attrs.frozen
class Fault:
    """Something that goes wrong.

    Attributes:
        what: In words.
        step: What the stand-in does, every time.
        error: The type of what is raised in the end.
        code: DynamoDB's code of it; None where there is no answer.
        longest_pause: Before the second attempt, in seconds; None where there is none.
    """

    what: str
    step: Step
    error: str
    code: str | None = None
    longest_pause: float | None = None

    def __str__(self) -> str:
        """The words, for test ids."""
        return self.what


def _refused(
    code: str, pause: float | None = None, *, status: int = 400, error: str = "ClientError"
) -> Fault:
    return Fault(f"{code} {status}", refusal(code, status), error, code, pause)


def _known(code: str, pause: float | None = None, *, status: int = 400) -> Fault:
    return _refused(code, pause, status=status, error=code)


def _page(status: int, pause: float | None = None) -> Fault:
    page = Reply(b"<html><body>No.</body></html>", status, crc=Crc.NONE)
    return Fault(f"a page with {status}", page, "ClientError", str(status), pause)


def _lost(what: str, step: Step) -> Fault:
    return Fault(what, step, "ConnectionClosedError", None, _ELSE)


_BODY = b'{"Item": {"a": {"S": "1"}}}'
FAULTS = (
    # Throttled
    _known("ProvisionedThroughputExceededException", _THROTTLED),
    _known("RequestLimitExceeded", _THROTTLED),
    _refused("ThrottlingException", _THROTTLED, error=THROTTLING),
    _known("TransactionInProgressException", _THROTTLED),
    _refused("Throttling", _THROTTLED),
    _refused("SlowDown", _THROTTLED),
    _page(429, _THROTTLED if IS_OF_2026 else None),
    # Out of order
    _known("InternalServerError", _ELSE, status=500),
    Fault("500 without a body", Reply(b"", 500, crc=Crc.NONE), "ClientError", "500", _ELSE),
    Fault("503 in a word", Reply(b"no", 503, crc=Crc.NONE), "ClientError", "503", _ELSE),
    _page(502, _ELSE),
    _page(503, _ELSE),
    _page(504, _ELSE),
    _refused("ServiceUnavailable", _ELSE, status=503),
    _refused("RequestTimeout", _ELSE),
    # In between
    _lost("reset before the request was read", Drop(End.RESET, having_read=False)),
    _lost("closed before the request was read", Drop(End.CLOSED, having_read=False)),
    _lost("reset without an answer", Drop(End.RESET)),
    _lost("closed without an answer", Drop(End.CLOSED)),
    _lost("chunks that end early", Reply(_BODY, framing=Framing.CHUNKED, cut_to=12)),
    _lost("reset in the answer", Reply(_BODY, cut_to=12, end=End.RESET)),
    # Refused for good
    _known("ConditionalCheckFailedException"),
    _known("TransactionCanceledException"),
    _known("TransactionConflictException"),
    _known("IdempotentParameterMismatchException"),
    _known("ItemCollectionSizeLimitExceededException"),
    _known("ResourceNotFoundException"),
    _known("InternalServerError"),
    _refused("ValidationException"),
    _refused("AccessDeniedException"),
    _refused("ExpiredTokenException"),
    _refused("UnrecognizedClientException"),
    _refused("InvalidSignatureException"),
    _refused("RequestExpired"),
    _refused("ThrottlingError"),
    _page(501),
    _page(505),
    _page(404),
    _page(302),
)
REPEATED = tuple(fault for fault in FAULTS if fault.longest_pause is not None)
