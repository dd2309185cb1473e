"""What of an event may stand in a log line or in an error's message. Pure.

Ids, event types and statuses may; nothing else of an event is ever logged. But anything can stand in the
place of an id: metadata is free text, and the user ids of some apps are e-mail addresses. What does not
look like an id is therefore replaced by a fingerprint. The same value has the same one, so whoever knows
the value finds its lines by `printf %s VALUE | sha256sum`.
"""

import hashlib
import re

_ID = re.compile(r"[A-Za-z0-9_.:|=~-]{1,255}")
# Stripe's keys and signing secrets look like ids.
_SECRET = re.compile(r"(sk|rk|whsec)_")
_SOURCE = re.compile(r"[A-Za-z0-9_./-]{1,256}")
_FINGERPRINT_DIGITS = 16


def loggable(value: object) -> str | None:
    """Return what looks like an id or a word of Stripe's as it is, and another text's fingerprint.

    No e-mail address, URL, key, or text with spaces looks like an id. A name of one word does.

    Returns:
        The value; or `sha256:` and the first 16 hexadecimal digits of its SHA-256; None if it is no text.
    """
    if not isinstance(value, str):
        return None
    if _ID.fullmatch(value) and not _SECRET.match(value):
        return value
    # A lone surrogate is valid in JSON.
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return f"sha256:{digest[:_FINGERPRINT_DIGITS]}"


def loggable_source(value: object) -> str | None:
    """Return an EventBridge `source` as it is, and another text's fingerprint.

    Such a name may hold slashes, as Stripe's own do.
    """
    if isinstance(value, str) and _SOURCE.fullmatch(value) and not _SECRET.match(value):
        return value
    return loggable(value)
