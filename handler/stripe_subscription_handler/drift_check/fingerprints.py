"""What the first half of a walk saw of each subscription, in 16 bytes, for the second half to ask. Pure.

Millions of ids are too many to keep, and too many to write one by one. Two hashes of 8 bytes answer what
the second half asks: is it in Stripe, and is it this user's. With ten million subscriptions one question in
about 2,000,000,000,000 is answered wrongly (10 million in 2^64); it could hide one difference.
"""

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from hashlib import blake2b

import attrs

from stripe_subscription_handler.comparison.checkpoint import UNREADABLE, Claim, Seen

_HASH_BYTES = 8
_TYPE = "Q"


def _hashed(*texts: str) -> int:
    text = "\0".join(texts).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=_HASH_BYTES).digest(), "little")


@attrs.frozen
class Sighting:
    """What some pages of the first half told.

    Attributes:
        pairs: Hashes of (user, subscription), 8 bytes each, little-endian.
        subscriptions: Hashes of the subscriptions that have a user.
        nobodys: Ids of those of which nobody could say whose they are.
        unreadable: Ids of those that could not be read.
    """

    pairs: bytes = b""
    subscriptions: bytes = b""
    nobodys: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()

    @classmethod
    def of(cls, owners: Mapping[str, str | None]) -> "Sighting":
        """Shorten what a page told: subscription id → user, None or `UNREADABLE`."""
        owned = {sub: user for sub, user in owners.items() if user is not None and user != UNREADABLE}
        return cls(
            b"".join(_hashed(user, sub).to_bytes(_HASH_BYTES, "little") for sub, user in owned.items()),
            b"".join(_hashed(sub).to_bytes(_HASH_BYTES, "little") for sub in owned),
            tuple(sub for sub, user in owners.items() if user is None),
            tuple(sub for sub, user in owners.items() if user == UNREADABLE),
        )

    def __add__(self, other: "Sighting") -> "Sighting":
        return Sighting(
            self.pairs + other.pairs,
            self.subscriptions + other.subscriptions,
            self.nobodys + other.nobodys,
            self.unreadable + other.unreadable,
        )

    @property
    def is_empty(self) -> bool:
        return not (self.pairs or self.nobodys or self.unreadable)


class Fingerprints:
    """All that the first half saw, for looking up."""

    def __init__(self, sightings: Iterable[Sighting]) -> None:
        """Sort what was seen; takes 16 bytes for each subscription, and about 70 more while it sorts."""
        pairs, subscriptions = bytearray(), bytearray()
        self._nobodys: set[str] = set()
        self._unreadable: set[str] = set()
        for one in sightings:
            pairs += one.pairs
            subscriptions += one.subscriptions
            self._nobodys.update(one.nobodys)
            self._unreadable.update(one.unreadable)
        self._pairs, self._subscriptions = _sorted(pairs), _sorted(subscriptions)
        self._later: dict[str, str] = {}

    def add(self, owners: Mapping[str, str | None]) -> None:
        """Add what a second question told: who has a user by now, and who cannot be read."""
        self._later.update({sub: user for sub, user in owners.items() if user is not None})

    def seen(self, claim: Claim) -> Seen | None:
        """Whose a subscription was, from where one user stands; None where it was not in Stripe."""
        user_id, subscription_id = claim
        if subscription_id in self._later:
            return Seen.of(self._later[subscription_id], user_id)
        if _has(self._pairs, _hashed(user_id, subscription_id)):
            return Seen.THEIRS
        if _has(self._subscriptions, _hashed(subscription_id)):
            return Seen.ANOTHERS
        is_nobodys = subscription_id in self._nobodys or subscription_id in self._unreadable
        return Seen.NOBODYS if is_nobodys else None

    def without_user(self, after: str, most: int) -> list[str]:
        return sorted(sub for sub in self._nobodys if sub > after)[:most]


def _sorted(hashes: bytearray) -> "array[int]":
    return array(_TYPE, sorted(struct.unpack(f"<{len(hashes) // _HASH_BYTES}Q", hashes)))


def _has(hashes: "array[int]", wanted: int) -> bool:
    place = bisect_left(hashes, wanted)
    return place < len(hashes) and hashes[place] == wanted
