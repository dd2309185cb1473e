"""What an exercise made goes, all of it, and nothing that is anybody else's."""

from typing import Any

import attrs
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.doctor.exercise.cleaning import Cleaned, clean, look, still_there
from stripe_handler_cli.operate.doctor.exercise.made_up import CUSTOMER, USER
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_subscription_handler.dynamodb.sync_table import customer_key, link_key
from stripe_subscription_handler.dynamodb.wire import to_wire
from support.dead_letters import envelope, failure_record, poison
from support.doctor.aws import Aws
from support.doctor.exercise import CONFIG, OUTPUTS, SETTINGS
from support.dynamodb import client_error
from support.sqs import FakeQueue

KEY = CONFIG.profile_key(USER)
PROFILE = {**KEY, "stripeCustomerId": CUSTOMER, "subscriptionCurrentPeriodStart": "2026-12-01T00:00:00Z"}
LINK = {**link_key(CUSTOMER, "sub_1"), "customer": CUSTOMER}


@attrs.define
class Tables:
    """The two tables, as far as an exercise asks: items by their keys.

    Attributes:
        may_delete_profiles: Whether whoever asks may.
    """

    profiles: dict[str, dict[str, Any]] = attrs.Factory(dict)
    owners: list[dict[str, Any]] = attrs.Factory(list)
    may_delete_profiles: bool = True

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """Items by key, of the profile table alone."""
        [(table, wanted)] = request["RequestItems"].items()
        found = [self.profiles[key["PK"]["S"]] for key in wanted["Keys"] if key["PK"]["S"] in self.profiles]
        return {"Responses": {table: [to_wire(one) for one in found]}}

    def query(self, **_: Any) -> list[dict[str, Any]]:
        """One page: the partition."""
        return [{"Items": [to_wire(one) for one in self.owners]}]

    def delete_item(self, **request: Any) -> dict[str, Any]:
        """Delete an item, of a profile only if it is nobody else's."""
        key = request["Key"]["PK"]["S"]
        if request["TableName"] == CONFIG.sync_table_name:
            self.owners = [one for one in self.owners if to_wire(one)["SK"] != request["Key"]["SK"]]
            return {}
        if not self.may_delete_profiles:
            raise client_error("AccessDeniedException", "DeleteItem")
        item = self.profiles.get(key, {})
        if item.get("stripeCustomerId", CUSTOMER) != CUSTOMER:
            raise client_error("ConditionalCheckFailedException", "DeleteItem")
        return {"Attributes": self.profiles.pop(key)} if item else {}

    def update_item(self, **request: Any) -> None:
        """Remove the attributes that the expression names."""
        names = request["ExpressionAttributeNames"]
        item = self.profiles[request["Key"]["PK"]["S"]]
        for place in request["UpdateExpression"].removeprefix("REMOVE ").split(", "):
            item.pop(names[place])


def stack(tables: Tables, queue: FakeQueue) -> DeployedStack:
    """A stack with these tables, and this queue for both of its two."""
    answers = {
        name: getattr(tables, name) for name in ("batch_get_item", "query", "delete_item", "update_item")
    }
    aws = Aws({"get_function_configuration": SETTINGS, **answers})
    return DeployedStack(Endpoint({}, lambda service: queue if service == "sqs" else aws), OUTPUTS)


def test_all_that_an_exercise_made_goes() -> None:
    """Profile, links, customer, messages; another customer's and another event's stay."""
    tables = Tables({KEY["PK"]: dict(PROFILE), "USER#1": {"PK": "USER#1"}}, [LINK, customer_key(CUSTOMER)])
    queue = FakeQueue()
    queue.send(failure_record(envelope(poison("evt_stripeHandlerExerciseC1"))))
    others = queue.send(failure_record(envelope(poison("evt_of_somebody"))))
    found = stack(tables, queue)
    left = look(found, USER)
    assert (left.has_profile, left.items, f"{left.began_at:%Y-%m-%d}") == (True, 2, "2026-12-01")
    done = clean(found, USER)
    assert done == Cleaned(profile=True, items=2, messages=1)
    assert str(done) == "the profile, 2 items of the sync table, 1 message"
    assert (tables.profiles.keys(), tables.owners) == ({"USER#1"}, [])
    assert queue.visible == [others]
    assert not still_there(found, USER)
    assert not look(found, USER)


def test_nothing_is_no_error() -> None:
    """Whatever was interrupted, it can be cleaned up twice."""
    done = clean(stack(Tables(), FakeQueue()), USER)
    assert (done, str(done)) == (Cleaned(profile=False, items=0, messages=0), "nothing")


@pytest.mark.parametrize("item", [{"stripeCustomerId": "cus_1"}, {"email": "somebody"}])
def test_a_profile_of_somebody_is_left_alone(item: dict[str, Any]) -> None:
    """One that shows another customer, or that only the app has written: no event is ever sent for it."""
    with pytest.raises(CliError, match="--exercise-user"):
        look(stack(Tables({KEY["PK"]: KEY | item}), FakeQueue()), USER)


def test_an_empty_profile_is_what_an_exercise_may_leave() -> None:
    """Its keys and nothing else."""
    assert look(stack(Tables({KEY["PK"]: dict(KEY)}), FakeQueue()), USER)


def test_whoever_may_not_delete_profiles_empties_it() -> None:
    """The keys stay, and it is said."""
    tables = Tables({KEY["PK"]: dict(PROFILE)}, may_delete_profiles=False)
    found = stack(tables, FakeQueue())
    assert clean(found, USER).is_kept
    assert tables.profiles == {KEY["PK"]: KEY}
    assert not still_there(found, USER)
