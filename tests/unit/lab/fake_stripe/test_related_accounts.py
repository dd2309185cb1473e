"""Whom a request to the fake Stripe is about: the key's own account, or another one that it names."""

from collections.abc import Iterator

import pytest
import stripe

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_handler_cli.lab.fake_stripe.messages import Request

ORGANIZATION_KEY = "sk_org_test_1"


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    """An account with one customer, and another account with another one."""
    accounts = [objects({"id": name, "object": "customer"}) for name in ("cus_own", "cus_theirs")]
    with FakeStripe(accounts[0], {"acct_1": accounts[1]}, {API_KEY, ORGANIZATION_KEY}) as server:
        yield server


def customer(fake: FakeStripe, name: str, key: str = API_KEY, **named: str) -> str:
    """Ask for a customer by the real client."""
    client = stripe.StripeClient(key, base_addresses={"api": fake.url}, max_network_retries=0)
    return client.v1.customers.retrieve(name, None, named).id  # type: ignore[arg-type]


@pytest.mark.parametrize("header", ["stripe_context", "stripe_account"])
def test_either_header_names_the_account(fake: FakeStripe, header: str) -> None:
    """Stripe takes the older one still."""
    assert customer(fake, "cus_own") == "cus_own"
    assert customer(fake, "cus_theirs", **{header: "acct_1"}) == "cus_theirs"
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        customer(fake, "cus_own", **{header: "acct_1"})
    with pytest.raises(stripe.PermissionError, match="does not have access"):
        customer(fake, "cus_own", **{header: "acct_2"})


def test_an_organizations_key_takes_the_newer_header_alone(fake: FakeStripe) -> None:
    """Each of its requests must have it."""
    assert customer(fake, "cus_theirs", ORGANIZATION_KEY, stripe_context="acct_1") == "cus_theirs"
    for named in ({}, {"stripe_account": "acct_1"}):
        with pytest.raises(stripe.InvalidRequestError, match="wants Stripe-Context"):
            customer(fake, "cus_theirs", ORGANIZATION_KEY, **named)


def test_a_headers_case_does_not_matter() -> None:
    """As everywhere in HTTP."""
    assert Request.of("GET", "/", 0, b"", {"stripe-context": "acct_1"}).context == "acct_1"
