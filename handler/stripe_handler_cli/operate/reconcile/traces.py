"""What is left of a user whose profile tells nothing: links; where there are none, the log. Reads only."""

from datetime import UTC, datetime

from stripe_handler_cli.common.progress import Step
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.function_log import phrase
from stripe_subscription_handler.comparison.up_to_date import Wanted
from stripe_subscription_handler.loggable import loggable


def traces_of(stack: DeployedStack, user_id: str, step: Step) -> Wanted:
    """Find the customers by the links that name the user, else the subscriptions by the function's log.

    No index leads from a user to the links, so the whole sync table is read.
    """
    links = stack.tables.links_to(user_id, step.count)
    if links:
        return Wanted(user_id, customer_ids=frozenset(link.customer_id for link in links))
    log, now = stack.function_log, datetime.now(UTC)
    logged_as = str(loggable(user_id))
    lines = log.lines(
        [phrase(logged_as)],
        lambda line: line.user_id == logged_as and line.subscription_id is not None,
        log.read_from(now),
        now,
        step.counter("parts of the log"),
    )
    return Wanted(user_id, frozenset(str(line.subscription_id) for line in lines))
