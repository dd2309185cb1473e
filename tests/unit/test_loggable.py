"""Which values of an event may be logged as they are."""

import hashlib

import pytest

from stripe_subscription_handler.loggable import loggable, loggable_source

IDS = (
    "evt_1SXYZabc",
    "sub_1",
    "customer.subscription.updated",
    "past_due",
    "user_42",
    "42",
    "6f1c1a5e-8a0e-4c6e-9c3b-0d6f7a1b2c3d",
    "auth0|507f1f77bcf86cd799439020",
    "us-east-1:0f8fad5b-d9cb-469f-a165-70867728950e",
    "eyJpZCI6NDJ9=",
)
NOT_IDS = (
    "ada@example.com",
    "Ada Example",
    "+1 555 0100",
    "4242 4242 4242 4242",
    "1 Example Street\nSpringfield",
    "https://invoice.stripe.com/i/acct_1/test",
    "sk_test_invented",
    "rk_live_invented",
    "whsec_invented",
    "Zoë",
    "\ud800",
    "x" * 256,
    "",
)


@pytest.mark.parametrize("value", IDS)
def test_ids_and_words_are_logged_as_they_are(value: str) -> None:
    """Stripe's ids, types and statuses, and the user ids of common identity providers."""
    assert loggable(value) == value


@pytest.mark.parametrize("value", NOT_IDS)
def test_anything_else_is_logged_as_its_fingerprint(value: str) -> None:
    """The same for the same value; nothing of the value is left in it."""
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    assert loggable(value) == f"sha256:{digest[:16]}"


@pytest.mark.parametrize("value", [None, 42, {"id": "sub_1"}, ["ada@example.com"]])
def test_what_is_no_text_is_not_logged(value: object) -> None:
    """An id that is an object is none."""
    assert loggable(value) is None


def test_a_fingerprint_is_logged_as_it_is() -> None:
    """Masking twice changes nothing."""
    masked = loggable("ada@example.com")
    assert loggable(masked) == masked


def test_a_source_is_logged_with_its_slashes() -> None:
    """Stripe's partner event sources have them; nobody's address, key or sentence passes for a source."""
    for source in ("aws.partner/stripe.com/ed_test_1", "stripe-webhook-bridge"):
        assert loggable_source(source) == source
    for other in ("ada@example.com", "Ada Lovelace", "whsec_123", "x" * 257):
        assert str(loggable_source(other)).startswith("sha256:")
    assert loggable_source(None) is None
