"""The signature check: what Stripe signed passes, everything else is refused and nothing else is raised."""

import hashlib
import hmac
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe import SignatureVerificationError, WebhookSignature

from stripe_subscription_handler.webhook_bridge.signature import SignatureError, verify_signature

NOW = 1_793_440_800
SECRET = "whsec_one"  # noqa: S105 - made up
OTHER = "whsec_two"
PAYLOAD = '{"id": "evt_1", "name": "Zoë"}'.encode()


def v1(payload: bytes = PAYLOAD, secret: str = SECRET, at: int = NOW) -> str:
    """A signature, by the formula of Stripe's documentation."""
    return hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256).hexdigest()


def is_accepted(payload: bytes, header: str | None, *secrets: str, now: float = NOW) -> bool:
    """Whether the check lets it pass; any other error than the refusal fails the test."""
    try:
        verify_signature(payload, header, secrets or (SECRET,), now)
    except SignatureError:
        return False
    return True


def test_what_stripes_own_library_signs_is_accepted() -> None:
    """The header that `stripe` makes for its users' tests."""
    header = WebhookSignature.generate_signature_header(PAYLOAD.decode(), SECRET, NOW)
    assert is_accepted(PAYLOAD, header)


def test_one_matching_signature_of_several_is_enough() -> None:
    """While a secret is rolled Stripe signs with both; unknown schemes do not disturb."""
    header = f"t={NOW},v1={v1(secret=OTHER)},v1={v1()},v0={'0' * 64}"
    assert is_accepted(PAYLOAD, header)


def test_any_of_several_secrets_is_enough() -> None:
    """A receiver that knows the old and the new secret accepts either."""
    for secret in (SECRET, OTHER):
        assert is_accepted(PAYLOAD, f"t={NOW},v1={v1(secret=secret)}", SECRET, OTHER)


def test_another_secret_is_refused() -> None:
    """So is the scheme of test mode, `v0`, even when it matches."""
    assert not is_accepted(PAYLOAD, f"t={NOW},v1={v1(secret=OTHER)}")
    assert not is_accepted(PAYLOAD, f"t={NOW},v0={v1()}")


@pytest.mark.parametrize(
    ("seconds_later", "accepted"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)]
)
def test_a_signature_is_good_for_five_minutes(seconds_later: int, *, accepted: bool) -> None:
    """A request that somebody recorded is refused after the tolerance; the edge itself still counts."""
    assert is_accepted(PAYLOAD, f"t={NOW},v1={v1()}", now=NOW + seconds_later) is accepted


@given(bit=st.integers(min_value=0, max_value=len(PAYLOAD) * 8 - 1))
def test_any_bit_flipped_in_the_payload_is_refused(bit: int) -> None:
    """Not one bit of the body can be changed."""
    changed = bytearray(PAYLOAD)
    changed[bit // 8] ^= 1 << bit % 8
    assert not is_accepted(bytes(changed), f"t={NOW},v1={v1()}")


@given(data=st.data())
def test_any_bit_flipped_in_timestamp_or_signature_is_refused(data: st.DataObject) -> None:
    """Nor of what stands in the header."""
    parts = [str(NOW), v1()]
    which = data.draw(st.integers(0, 1))
    bit = data.draw(st.integers(0, len(parts[which]) * 8 - 1))
    changed = bytearray(parts[which].encode())
    changed[bit // 8] ^= 1 << bit % 8
    parts[which] = changed.decode("latin-1")
    # `now` far off the tolerance would refuse for another reason; what must not match is the signature.
    assert not is_accepted(PAYLOAD, f"t={parts[0]},v1={parts[1]}")


@given(
    header=st.one_of(
        st.none(),
        st.text(),
        st.from_regex(r"\A(t=[0-9-]{0,20}|v1=[0-9a-f]{0,70}|v0=|,|=| |é)*\Z"),
        st.lists(st.sampled_from(["t=", "v1=", str(NOW), "t=9" * 9, "a" * 64, ",", "=", "\x00", "ü"])).map(
            "".join
        ),
    ),
    payload=st.binary(max_size=50),
)
def test_garbage_in_the_header_is_refused_and_raises_nothing_else(header: str | None, payload: bytes) -> None:
    """Whatever a client sends, the answer is the refusal."""
    assert not is_accepted(payload, header)


def test_a_huge_header_is_refused_unread() -> None:
    """However many signatures it holds."""
    assert not is_accepted(PAYLOAD, f"t={NOW}" + f",v1={v1()}" * 100)


def test_two_timestamps_are_refused() -> None:
    """Which one was signed would be anyone's guess."""
    assert not is_accepted(PAYLOAD, f"t={NOW},t={NOW},v1={v1()}")


@given(
    timestamp=st.sampled_from([str(NOW), f"0{NOW}", f" {NOW}", f"+{NOW}", ""]),
    signatures=st.lists(st.sampled_from([v1(), v1(secret=OTHER), v1().upper(), "", "x"]), max_size=3),
)
def test_nothing_is_accepted_that_stripes_library_refuses(timestamp: str, signatures: list[str]) -> None:
    """Stripe's own check, without its clock, is at least as generous."""
    header = ",".join([f"t={timestamp}", *(f"v1={signature}" for signature in signatures)])
    theirs = False
    with suppress(SignatureVerificationError):
        theirs = WebhookSignature.verify_header(PAYLOAD, header, SECRET)
    assert theirs or not is_accepted(PAYLOAD, header)


def test_the_refusal_quotes_nothing() -> None:
    """Neither the body nor the secret get into a log by the error."""
    with pytest.raises(SignatureError) as caught:
        verify_signature(PAYLOAD, f"t={NOW},v1={v1(secret=OTHER)}", [SECRET], NOW)
    assert "Zoë" not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_without_a_secret_nothing_is_accepted() -> None:
    """An empty secret would accept what anyone can sign."""
    for secrets in ((), ("",)):
        with pytest.raises(ValueError, match="no signing secret"):
            verify_signature(PAYLOAD, f"t={NOW},v1={v1(secret='')}", secrets, NOW)
