"""Checks the `Stripe-Signature` header of a webhook. Pure: payload, header, secrets and clock come in.

The `stripe` package has such a check too (`WebhookSignature.verify_header`). It reads the clock itself, fails
with other errors on text that is not ASCII (`TypeError`) or not UTF-8 (`UnicodeDecodeError`), accepts any
future timestamp, and puts the payload into its exception. So this one is ours; the tests compare the two.

Source: https://docs.stripe.com/webhooks#verify-manually
"""

import hashlib
import hmac
import re
from collections.abc import Sequence

TOLERANCE_SECONDS = 300
"""How old a signature may be, as in Stripe's own libraries."""
_LONGEST_HEADER = 4096
_SCHEME = "v1"
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class SignatureError(ValueError):
    """The request is not proved to come from Stripe; the message says why, and quotes nothing of it."""


def verify_signature(
    payload: bytes,
    header: str | None,
    secrets: Sequence[str],
    now: float,
    tolerance_seconds: float = TOLERANCE_SECONDS,
) -> None:
    """Check that Stripe signed exactly this payload, lately, with one of the secrets.

    While a secret is rolled, Stripe sends one `v1` for each of the two, and the receiver may know both:
    any match counts. Other schemes (`v0`) are ignored, as Stripe asks. The header `Stripe-Signature` is
    `t=<Unix seconds>,v1=<hex HMAC-SHA256 of "t.payload">,…`; its timestamp may lie `tolerance_seconds` before
    or after `now` (Unix seconds).

    Raises:
        SignatureError: It is not signed so.
        ValueError: There is no secret to check with.
    """
    if not secrets or not all(secrets):
        raise ValueError("no signing secret")
    timestamp, signatures = _read(header)
    signed = timestamp.encode() + b"." + payload
    expected = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    # No short cut: how long this takes must not tell which secret or signature nearly matched.
    matches = [hmac.compare_digest(mine, given) for mine in expected for given in signatures]
    if not any(matches):
        raise SignatureError("no signature matches; is it the signing secret of this endpoint?")
    age_seconds = now - int(timestamp)
    if age_seconds > tolerance_seconds:
        raise SignatureError(f"signed {age_seconds:.0f} s ago, more than {tolerance_seconds:.0f} s")
    if age_seconds < -tolerance_seconds:
        raise SignatureError(f"signed {-age_seconds:.0f} s in the future; is this machine's clock right?")


def has_form(header: str | None) -> bool:
    """Whether a header has the form of `Stripe-Signature`, whoever made it: a readable time and a signature.

    A request without proves nothing and costs nothing: everyone who finds the URL can send it. One with it
    was made by Stripe, or by somebody who knows what Stripe sends.
    """
    try:
        _read(header)
    except SignatureError:
        return False
    return True


def _read(header: str | None) -> tuple[str, list[str]]:
    if not header:
        raise SignatureError("the header Stripe-Signature is missing")
    if len(header) > _LONGEST_HEADER:
        raise SignatureError("the header Stripe-Signature is too long")
    pairs = [item.strip().partition("=") for item in header.split(",")]
    timestamps = [value for name, _, value in pairs if name == "t"]
    if len(timestamps) != 1 or not _TIMESTAMP.fullmatch(timestamps[0]):
        raise SignatureError("the header Stripe-Signature has no readable timestamp (t=)")
    signatures = [value for name, _, value in pairs if name == _SCHEME and _DIGEST.fullmatch(value)]
    if not signatures:
        raise SignatureError(f"the header Stripe-Signature has no readable signature ({_SCHEME}=)")
    return timestamps[0], signatures
