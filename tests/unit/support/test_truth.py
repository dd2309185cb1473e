"""The truth by which deliveries are judged: what it says of histories that a person can decide."""

from collections.abc import Callable

import pytest

from stripe_subscription_handler.decisions import view as library
from support.access_cases import ALL
from support.access_table import STATUSES
from support.stripe_account import Account
from support.true_views import VIEW, true_view
from support.truth import Truth

History = Callable[[Account], object]


def _label_after_a_guess(account: Account) -> None:
    account.create("sub_a", "u1")
    account.create("sub_b", None)
    account.update("sub_b", label="u2")


def _label_off_and_another_on(account: Account) -> None:
    account.create("sub_a", "u1")
    account.update("sub_a", label=None)
    account.update("sub_a", label="u2")


def _moved_and_then_off(account: Account) -> None:
    account.create("sub_a", "u1")
    account.update("sub_a", label="u2")
    account.update("sub_a", label=None)


def _swapped(account: Account) -> None:
    account.create("sub_a", "u1")
    account.create("sub_b", "u2")
    account.update("sub_a", label="u2")
    account.update("sub_b", label="u1")


def _created_stamped_last(account: Account) -> None:
    account.create("sub_a", "u1", late=2)
    account.update("sub_a", label="u2")


def _update_stamped_after_the_end(account: Account) -> None:
    account.create("sub_a", "u1")
    account.step = 0
    account.update("sub_a", label="u2", late=1)
    account.delete("sub_a")


def _label_of_a_dead_one(account: Account) -> None:
    account.create("sub_a", "u1")
    account.delete("sub_a")
    account.update("sub_a", label="u2")


def _old_invoice_after_a_correction(account: Account) -> None:
    account.create("sub_a", "slip")
    invoice = account.bill("sub_a")
    account.update("sub_a", label="u1")
    account.fail(invoice)


def _only_invoices_of_before_and_after(account: Account) -> None:
    account.born("sub_a", "slip")
    first = account.bill("sub_a")
    account.relabel_unheard("sub_a", "u1")
    second = account.bill("sub_a")
    account.pay(second)
    account.fail(first)


def _customer_labelled_anew(account: Account) -> None:
    account.create_customer("cus_1", "u1")
    account.create("sub_a", None)
    account.update_customer("cus_1", label="u2")
    account.create("sub_b", None)


def _session_before_its_customer(account: Account) -> None:
    account.complete("sub_a", "u1", customer="cus_1")
    account.create_customer("cus_1", "u2")
    account.create("sub_a", None)
    account.create("sub_b", None)


def _customer_deleted_after_the_session(account: Account) -> None:
    account.create_customer("cus_1", "u2")
    account.create("sub_a", None)
    account.complete("sub_a", "u1")
    account.create("sub_b", None)
    account.delete_customer("cus_1")


def _customer_labelled_after_the_session(account: Account) -> None:
    account.create("sub_a", None)
    account.complete("sub_a", "u1")
    account.update_customer("cus_1", label="u2")


def _customer_and_session_of_one_second(account: Account) -> None:
    account.create("sub_a", None)
    account.complete("sub_a", "u1")
    account.step = 0
    account.update_customer("cus_1", label="u2")


def _customer_renamed_after_the_session(account: Account) -> None:
    account.create("sub_a", None)
    account.update_customer("cus_1", label="u2")
    account.complete("sub_a", "u1")
    account.update_customer("cus_1")


def _a_guess(account: Account) -> None:
    account.create("sub_a", None)
    account.create("sub_b", "u1")


def _nobody_named(account: Account) -> None:
    account.create("sub_a", None)
    account.pay(account.bill("sub_a"))
    account.complete("sub_a", None)


def _an_invoice_alone(account: Account) -> None:
    account.born("sub_a", None)
    account.pay(account.bill("sub_a"))
    account.create("sub_b", "u1")


def _through_one_second(account: Account) -> None:
    account.create("sub_a", "u1")
    account.update("sub_a", label="u2")
    account.step = 0
    account.update("sub_a", label="u3")


@pytest.mark.parametrize(
    ("history", "owners"),
    [
        (_label_after_a_guess, {"sub_a": "u1", "sub_b": "u2"}),
        (_label_off_and_another_on, {"sub_a": "u2"}),
        (_moved_and_then_off, {"sub_a": "u2"}),
        (_swapped, {"sub_a": "u2", "sub_b": "u1"}),
        (_created_stamped_last, {"sub_a": "u2"}),
        (_update_stamped_after_the_end, {"sub_a": "u2"}),
        (_label_of_a_dead_one, {"sub_a": "u2"}),
        (_old_invoice_after_a_correction, {"sub_a": "u1"}),
        (_only_invoices_of_before_and_after, {"sub_a": "u1"}),
        (_customer_labelled_anew, {"sub_a": "u2", "sub_b": "u2"}),
        (_session_before_its_customer, {"sub_a": "u1", "sub_b": "u2"}),
        (_customer_deleted_after_the_session, {"sub_a": "u1", "sub_b": "u2"}),
        (_customer_labelled_after_the_session, {"sub_a": "u2"}),
        (_customer_and_session_of_one_second, {"sub_a": "u1"}),
        (_customer_renamed_after_the_session, {"sub_a": "u1"}),
        (_a_guess, {"sub_a": "u1", "sub_b": "u1"}),
        (_nobody_named, {"sub_a": None}),
        (_an_invoice_alone, {"sub_a": None, "sub_b": "u1"}),
        (_through_one_second, {"sub_a": "u3"}),
    ],
)
def test_who_owns_what_is_certain(history: History, owners: dict[str, str | None]) -> None:
    """With a key and without, exactly one answer is right."""
    account = Account()
    history(account)
    for key in (False, True):
        truth = Truth(account.world(), key=key)
        assert {one: set(truth.owners(one)) for one in owners} == {one: {who} for one, who in owners.items()}


def test_a_circle_of_one_second_is_certain_only_with_a_key() -> None:
    """u1 → u2 → u1: the events alone leave it open, and Stripe shows the label."""
    account = Account()
    account.create("sub_a", "u1")
    account.update("sub_a", status="past_due")
    account.step = 0
    account.update("sub_a", label="u2")
    account.update("sub_a", label="u1")
    assert Truth(account.world()).owners("sub_a") == {"u1", "u2"}
    assert Truth(account.world(), key=True).owners("sub_a") == {"u1"}


def test_a_guess_between_two_users_may_be_either_or_wait() -> None:
    """It depends on delivery which of them is the only one when the event comes."""
    account = Account()
    account.create("sub_a", "u1")
    account.create("sub_b", "u2")
    account.create("sub_c", None)
    assert Truth(account.world()).owners("sub_c") == {"u1", "u2", None}


def test_the_view_is_that_of_the_best_subscription_with_its_own_payment() -> None:
    """The payment goes along with its subscription."""
    account = Account()
    account.create("sub_a", "u1", status="past_due")
    account.create("sub_b", "u2")
    account.pay(account.bill("sub_a"))
    account.pay(account.bill("sub_b"))
    account.update("sub_b", label="u1")
    truth = Truth(account.world())
    (view,) = truth.views({"sub_a": "u1", "sub_b": "u1"}, "u1")
    assert (view["subscriptionId"], view["lastPaymentInvoiceId"]) == ("sub_b", "in_048")
    assert truth.views({"sub_a": "u1", "sub_b": "u1"}, "u2") == [{}]


def test_what_is_dead_stays_dead_whatever_is_stamped_later() -> None:
    """An update that preceded the end may be stamped after it."""
    account = Account()
    account.create("sub_a", "u1")
    account.step = 0
    account.update("sub_a", status="past_due", late=1)
    account.delete("sub_a")
    (state,) = Truth(account.world()).states("sub_a")
    assert state["status"] == "canceled"


@pytest.mark.parametrize("status", STATUSES)
def test_until_when_a_subscription_gives_access(status: str) -> None:
    """As the table says that was written by hand."""
    for case in ALL:
        if case.key[0] == status:
            view = true_view([(case.body(), None)], case.settings)
            assert view.get("subscriptionAccessUntil") == case.until, case


def test_the_payment_is_the_newest_invoice_as_it_was_left() -> None:
    """Whatever becomes of an older one; what asks for nothing does not count."""
    account = Account()
    account.create("sub_a", "u1")
    older = account.bill("sub_a")
    account.clock += 1
    newest = account.bill("sub_a")
    account.fail(newest, again=60)
    account.pay(older)
    account.write_off(newest)
    account.clock += 1
    account.pay(account.bill("sub_a", total=0))
    payment = Truth(account.world()).payment("sub_a")
    assert payment is not None
    assert (payment.body["id"], payment.word) == (newest, "uncollectible")


def test_every_attribute_that_an_app_may_read_is_judged() -> None:
    """One that the truth did not know could show anything."""
    assert set(library.VIEW) == VIEW
