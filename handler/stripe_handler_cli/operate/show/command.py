"""The command `stripe-handler show`: a user or a customer in, what is stored of them out."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from stripe_handler_cli.common.options import json_option
from stripe_handler_cli.common.user_command import UserCommand
from stripe_handler_cli.stack.options import given_stack_options, stack_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack
    from stripe_handler_cli.stack.stored import CustomerRecord


@click.command(
    cls=UserCommand,
    epilog="""\b
Examples:
  stripe-handler show user_42
  stripe-handler show user_42 --json | jq .users[0].profile
  stripe-handler show --customer cus_NffrFeUfNV2Hib
  stripe-handler show user_42 --workspace production
""",
)
@click.argument("user_id", metavar="[USER]", required=False)
@click.option("--customer", "customer_id", help="Show this Stripe customer, what is parked, and the users.")
@json_option
@stack_options
def show(*, stack: "DeployedStack", user_id: str | None, customer_id: str | None, as_json: bool) -> int:
    """Show what is stored of a user: until when there is access and to what, then the rest.

    That is the profile, and the subscriptions, payments, customers and parked events behind it; of each
    subscription of a customer also whose it is, why and since when. Reads the tables; where there is no
    ledger, also the function's log, which tells whether there was one. Of the app's attributes the names are
    shown, never the values. With --json it is the export of a person's data: the ledger as it is stored, and
    parked events whole. Exit code 1 if there is no such profile, if it does not show what the ledger
    says, if it has lost the ledger or a part of it, or if it holds what is another user's.
    """
    import attrs

    from stripe_handler_cli.common.console import printer
    from stripe_handler_cli.operate.show.report import print_customer, print_to_repair, print_user
    from stripe_handler_cli.stack.lost_ledger import if_forgotten, look_for_lost_ledger
    from stripe_handler_cli.stack.stored import lost, misplaced

    if (user_id is None) == (customer_id is None):
        raise click.UsageError("name a USER, or a customer with --customer")
    tables, now = stack.tables, datetime.now(UTC)
    customers: list[CustomerRecord] = []
    if customer_id is not None:
        customers.append(tables.customer(customer_id))
        users = tables.users(customers[0].users)
    else:
        users = [tables.user(user_id or "")]
        customers += [tables.customer(one) for one in users[0].customer_ids]
    held = misplaced.holdings(tables, [one.user_id for one in users])
    not_theirs = misplaced.confirmed(tables, held.misplaced)
    gone = lost.confirmed(tables, [one for user in users for one in lost.lost_by(user, customers)])
    looks = {user.user_id: look_for_lost_ledger(stack.function_log, user, now) for user in users}
    looks = {key: attrs.evolve(one, lost=if_forgotten(one.lost, tables)) for key, one in looks.items()}
    options = given_stack_options(click.get_current_context())
    if as_json:
        found = {
            "users": [
                one.as_json(now) | {"lost_ledger": looks[one.user_id].as_json(options)} for one in users
            ],
            "customers": [one.as_json() for one in customers],
            "misplaced": [one.as_json(options) for one in not_theirs],
            "lost": [one.as_json(options) for one in gone],
        }
        click.echo(json.dumps(found, default=str))
    else:
        console = printer()
        for user in users:
            print_user(console, user, looks[user.user_id], now, options)
        for customer in customers:
            print_customer(console, customer)
        print_to_repair(console, (*not_theirs, *gone), options)
    is_fine = all(
        one.profile is not None and not one.differences and not looks[one.user_id].lost for one in users
    )
    return 0 if users and is_fine and not not_theirs and not gone else 1
