"""Every error this library raises, but that of reading a profile, which stands in `reading/`.

An error that leaves the Lambda handler makes AWS retry the event twice and then put it into the failure
queue, so raising never loses an event. `transient` tells a reader of that queue whether the same event can
succeed later without anybody changing anything.
"""

from typing import ClassVar


class HandlerError(Exception):
    """Base of all errors of this library; it is never raised itself."""

    transient: ClassVar[bool] = False
    """Whether the same event may succeed on a retry with nothing changed."""


class InvalidEventError(HandlerError):
    """The event does not have the shape Stripe documents, or is not meant for this environment.

    Attributes:
        field: Path of the offending field, as in `detail.data.object.items.data[0].quantity`.
        reason: What is wrong with it. It never holds the field's value, which may be personal data.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class UserNotFoundError(HandlerError):
    """Neither the event nor an owner link says whose subscription this is."""


class ItemTooLargeError(HandlerError):
    """An item would pass DynamoDB's 400 KB; the app's own attributes on a profile count too.

    `item` says which one.
    """

    def __init__(self, item: str) -> None:
        super().__init__(f"{item} would pass DynamoDB's 400 KB, the app's own attributes included")


class ConfigError(HandlerError):
    """An environment variable is missing or has a value that cannot be used; the message names it."""


class ConcurrentUpdateError(HandlerError):
    """Other handlers changed the same profile in every one of the allowed rounds; a retry follows."""

    transient: ClassVar[bool] = True


class StripeUnavailableError(HandlerError):
    """Stripe did not tell what was asked, or its API key cannot be read now; a retry follows."""

    transient: ClassVar[bool] = True


class StripeBusyError(StripeUnavailableError):
    """So many asked Stripe at once that this question's turn did not come; a retry puts that right."""


class NotAtStripeError(StripeUnavailableError):
    """Stripe has nothing by the id that was asked for."""

    transient: ClassVar[bool] = False


class PassHeldError(HandlerError):
    """Another invocation of the drift check is at work; it goes on where this one would have."""

    transient: ClassVar[bool] = True


class UnexpectedError(HandlerError):
    """An error that nobody foresaw, most likely a bug. Its text is only that error's type."""
