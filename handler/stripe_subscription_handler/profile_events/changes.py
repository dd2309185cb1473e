"""A record of the profile table's stream → the change that is told, or none. Pure.

Every write that changes an item makes one record, whoever wrote: the handler, `reconcile`, the drift check,
the app. A change is told if an attribute that counts has another value than before; then all told attributes
are in it, as they were and as they are. A profile that is deleted changes to nothing.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.loggable import loggable
from stripe_subscription_handler.profile_events.images import plain_key, told_values
from stripe_subscription_handler.profile_keys import ProfileKeys

VERSION = 1
"""The version of an event's detail; a field more is no new version."""
DETAIL_TYPE = "Subscription Profile Changed"
VIEW_TYPE = "NEW_AND_OLD_IMAGES"
"""The one view type of a stream that shows both sides of a change."""
_SEQUENCE = re.compile(r"[0-9]{1,40}")
_SEQUENCE_DIGITS = 40
"""As many as AWS's sequence numbers have at most."""


@attrs.frozen
class Told:
    """What is told of a profile.

    Attributes:
        counting: The attributes a change of which is told.
        names: The attributes that are in a change; those that count are among them.
    """

    counting: frozenset[str]
    names: frozenset[str]


@attrs.frozen
class ProfileChange:
    """One change of one profile.

    Attributes:
        id: The same whenever the same change is told again.
        sequence: Forty digits; of two changes of one user, the later one's is the greater text.
        sequence_number: The stream's own number, for Lambda.
        before: Attribute → JSON value, empty for a new profile; so is `after` for one that is deleted.
    """

    id: str
    sequence: str
    sequence_number: str
    user_id: str
    before: Mapping[str, Any] = attrs.field(repr=False)
    after: Mapping[str, Any] = attrs.field(repr=False)

    @property
    def changed(self) -> list[str]:
        """Names of all attributes that have another value than before, in the order of the alphabet."""
        names = sorted({*self.before, *self.after})
        return [name for name in names if _told(self.before.get(name)) != _told(self.after.get(name))]

    def detail(self) -> dict[str, Any]:
        """What the event says; docs/profile-events.md is its contract."""
        return {
            "version": VERSION,
            "id": self.id,
            "sequence": self.sequence,
            "userId": self.user_id,
            "changed": self.changed,
            "before": self.before,
            "after": self.after,
        }


def change_of(record: object, keys: ProfileKeys, told: Told) -> ProfileChange | None:
    """Read a record as Lambda hands it over; None where there is nothing to tell.

    Raises:
        InvalidEventError: It is no record of a stream that shows both sides; the message names the field.
    """
    if not isinstance(record, Mapping):
        raise InvalidEventError("record", "must be an object")
    stream = record.get("dynamodb")
    if not isinstance(stream, Mapping):
        raise InvalidEventError("dynamodb", "must be an object")
    user_id = keys.user_of(plain_key(stream.get("Keys"), "dynamodb.Keys"))
    if user_id is None:
        return None
    if stream.get("StreamViewType", VIEW_TYPE) != VIEW_TYPE:
        raise InvalidEventError("dynamodb.StreamViewType", f"must be {VIEW_TYPE}")
    record_id, number = record.get("eventID"), sequence_number_of(record)
    if not isinstance(record_id, str) or not record_id:
        raise InvalidEventError("eventID", "must be a text that is not empty")
    if number is None:
        raise InvalidEventError("dynamodb.SequenceNumber", "must be a text of up to 40 digits")
    before, after = (_image(stream, name, told) for name in ("OldImage", "NewImage"))
    change = ProfileChange(record_id, number.zfill(_SEQUENCE_DIGITS), number, user_id, before, after)
    return change if told.counting.intersection(change.changed) else None


def sequence_number_of(record: object) -> str | None:
    """The stream's own number of a record, None where it has none."""
    stream = record.get("dynamodb") if isinstance(record, Mapping) else None
    number = stream.get("SequenceNumber") if isinstance(stream, Mapping) else None
    return number if isinstance(number, str) and _SEQUENCE.fullmatch(number) else None


def change_fields(change: ProfileChange) -> dict[str, Any]:
    """What a log line may say of a change: names of attributes, no values."""
    return {
        "change_id": loggable(change.id),
        "sequence": change.sequence_number,
        "user_id": loggable(change.user_id),
        "changed": change.changed,
    }


def _image(stream: Mapping[str, Any], name: str, told: Told) -> dict[str, Any]:
    image = stream.get(name, {})
    if not isinstance(image, Mapping):
        raise InvalidEventError(f"dynamodb.{name}", "must be an object")
    return told_values(image, told.names, f"dynamodb.{name}")


def _told(value: object) -> str:
    # As it is told: Python takes True and 1 for the same, JSON does not.
    return json.dumps(value, sort_keys=True)
