"""Requests and answers of the fake Stripe, without HTTP."""

from stripe_handler_cli.lab.fake_stripe import objects
from stripe_handler_cli.lab.fake_stripe.messages import Answer, Request
from stripe_handler_cli.lab.fake_stripe.object_routes import answer_objects

CUSTOMER = {"id": "cus/1", "object": "customer"}
INVOICE = {"id": "in_1", "object": "invoice"}
ACCOUNT = objects(CUSTOMER, INVOICE)


def get(target: str) -> Answer:
    """Ask for something."""
    return answer_objects(ACCOUNT, Request.of("GET", target, 0))


def test_an_object_is_found_by_its_path() -> None:
    """The id may be quoted; query parameters such as `expand[]` change nothing here."""
    assert get("/v1/invoices/in_1?expand[]=lines").body == INVOICE
    assert get("/v1/customers/cus%2F1").body == CUSTOMER


def test_what_is_not_there_is_told_in_stripes_words() -> None:
    """Code and message name the object; an id of another kind is not there either."""
    for path in ("/v1/subscriptions/sub_1", "/v1/subscriptions/in_1"):
        told = get(path)
        assert told.status == 404
        assert told.body["error"]["code"] == "resource_missing"
        assert told.body["error"]["message"] == f"No such subscription: '{path.rpartition('/')[2]}'"


def test_an_unknown_endpoint_is_refused() -> None:
    """A request that the fake does not model never looks like an answer."""
    for method, path in (
        ("GET", "/v1/charges/ch_1"),
        ("POST", "/v1/invoices/in_1"),
        ("GET", "/v1/invoices/"),
    ):
        told = answer_objects(ACCOUNT, Request.of(method, path, 0))
        assert told.status == 404
        assert "code" not in told.body["error"]
        assert method in told.body["error"]["message"]
