"""Ask now: brings a profile up to date from Stripe while somebody waits, and answers with what it shows then.

The success page of a checkout asks this, because it may be there before the event.
"""

import time
from collections.abc import Mapping
from typing import Any

from stripe_subscription_handler.comparison.account import Account
from stripe_subscription_handler.comparison.comparer import Comparer, Settings
from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.comparison.payments import NewestPayments
from stripe_subscription_handler.comparison.tables import Tables
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.errors import (
    InvalidEventError,
    NotAtStripeError,
    StripeUnavailableError,
)
from stripe_subscription_handler.loggable import loggable
from stripe_subscription_handler.logger import Log
from stripe_subscription_handler.operations.answers import Refusal, Shown, changed_names
from stripe_subscription_handler.operations.asking import Answer, Asking, not_found
from stripe_subscription_handler.operations.question import Question
from stripe_subscription_handler.stripe_side.api import StripeApi
from stripe_subscription_handler.stripe_side.hurry import hurried

_NO_KEY = Refusal(
    "no_key",
    "the function has no Stripe key: stripe_secret_arn or stripe_secret_parameter_name names its place",
)


def sync(arguments: Mapping[str, Any], store: Store, log: Log) -> dict[str, Any]:
    """Answer the question that the arguments ask (`question.Question`), and write the log line.

    Raises:
        HandlerError: A fault that the caller can do nothing about: the key's place cannot be used, say.
        botocore.exceptions.ClientError: DynamoDB refused a request.
    """
    began = time.monotonic()
    question, answer = _answered(arguments, store)
    shown = answer if isinstance(answer, Shown) else None
    log.info(
        "sync",
        asked=question.kind if question else None,
        asked_id=loggable(question.id) if question else None,
        answer=answer.code,
        user_id=loggable(shown.user_id) if shown else None,
        changed=changed_names(shown.done) if shown else [],
        left=len(shown.left) if shown else 0,
        requests=store.requests,
        stripe_requests=store.stripe.requests if store.stripe else 0,
        duration_ms=int((time.monotonic() - began) * 1000),
    )
    return answer.as_json()


def _answered(arguments: Mapping[str, Any], store: Store) -> tuple[Question | None, Answer]:
    try:
        question = Question.read(arguments, store.config.policy(can_ask_stripe=True))
    except InvalidEventError as error:
        return None, Refusal("bad_argument", str(error))
    if store.stripe is None:
        return question, _NO_KEY
    try:
        with hurried(store.stripe) as stripe:
            return question, _asking(question, store, stripe).answer()
    except NotAtStripeError:
        is_of_user = question.kind == "user_id"
        return question, not_found("customer as the profile names" if is_of_user else question.kind)
    except StripeUnavailableError as error:
        return question, Refusal("stripe_unavailable", str(error))


def _asking(question: Question, store: Store, stripe: StripeApi) -> Asking:
    """Connect a question with the tables and Stripe."""
    config, found = store.config, list[Difference]()
    account = Account(stripe, config.selection, with_invoices=True)
    comparer = Comparer(
        Tables(store.client, config, send=store.send),
        account,
        Settings(config.policy(can_ask_stripe=True), config.livemode, config.selection),
        lambda conversation, _event, raw: store.run(conversation, raw),
        found.append,
        Tally(),
        payments=NewestPayments(account, config.selection),
    )
    return Asking(question, store, account, comparer, found)
