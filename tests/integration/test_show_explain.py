"""`stripe-handler show` and `explain` on the deployed stack: what is stored, and which event said so."""

import json
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from support import events
from support.commands import Commands
from support.lives import Life
from support.screens import MIDDLE, NARROW, WIDE, plain
from support.terminal import in_terminal
from support.wiping import put_over

if TYPE_CHECKING:
    from conftest import Stack


@pytest.fixture
def commands(endpoint: Endpoint, stack: "Stack", tmp_path: Path) -> Commands:
    """The commands, for the first workspace."""
    return Commands.of(endpoint.variables, stack.outputs, tmp_path)


def play(pipeline: Pipeline, *stripe_events: dict[str, Any]) -> None:
    """Deliver events, each once, one after the other."""
    for event in stripe_events:
        pipeline.put(event)
        pipeline.follow(event["id"])


def test_show_tells_what_is_stored_and_nothing_personal(pipeline: Pipeline, commands: Commands) -> None:
    """Profile, both subscriptions with the reason why one is shown, payment, link; no value of the app's."""
    life = Life("shown")
    play(
        pipeline,
        life.created(),
        life.created("second", second=20, number=2, created=1_763_800_020),
        life.paid("paid", 21, number=2),
    )
    pipeline.dynamodb.update_item(
        TableName=pipeline.config.table_name,
        Key={"PK": {"S": f"USER#{life.user_id}"}, "SK": {"S": "PROFILE"}},
        UpdateExpression="SET email = :email",
        ExpressionAttributeValues={":email": {"S": "ada@example.com"}},
    )
    told = commands.run("show", life.user_id, "--json")
    assert told.exit_code == 0
    [user], [customer] = told.json["users"], told.json["customers"]
    assert user["profile"]["subscriptionId"] == f"sub_{life.name}_2"
    assert [(one["id"], one["is_shown"], one["is_linked"]) for one in user["subscriptions"]] == [
        (f"sub_{life.name}_2", True, True),
        (f"sub_{life.name}_1", False, True),
    ]
    assert [(one["subscription"], one["status"]) for one in user["payments"]] == [
        (f"sub_{life.name}_2", "succeeded")
    ]
    access = user["access"]
    assert access["until"] == user["profile"]["subscriptionAccessUntil"] == "2025-12-25T08:26:40Z"
    assert (access["given"], user["settings_changed_since"]) == (access["looked_at"] < access["until"], False)
    assert customer["owners"] == {f"sub_{life.name}_{number}": life.user_id for number in (1, 2)}
    for_people = commands.run("show", life.user_id)
    assert f"not shown: created before sub_{life.name}_2" in for_people.out
    assert "email" in for_people.out
    answer = for_people.out.splitlines()[1]
    assert ("access" in answer, access["until"] in answer, "looked at 20" in answer) == (True, True, True)
    assert "ada@" not in for_people.out + told.out


def test_show_holds_on_every_terminal(pipeline: Pipeline, commands: Commands) -> None:
    """Ids whole, nothing wider than it is; records where it is narrow; no colour where none is wanted."""
    life = Life("shown_on_terminals")
    play(pipeline, life.created(), life.updated("updated", 1))
    arguments = ["show", life.user_id, "--outputs", str(commands.outputs_path)]
    for columns in (NARROW, MIDDLE, WIDE):
        exit_code, text = in_terminal(arguments, commands.variables, columns)
        lines = plain(text).splitlines()
        assert (exit_code, max(map(len, lines)) <= columns, "\x1b[31m" in text) == (0, True, True), text
        heading = "subscription      " if columns == NARROW else "subscription  "
        assert any(f"sub_{life.name}_1" in line for line in lines)
        assert any(line.startswith(heading) for line in lines)
    _, text = in_terminal(arguments, {**commands.variables, "NO_COLOR": "1"}, NARROW)
    assert ("\x1b[31m" in text, "no access any more" in text) == (False, True)
    piped = commands.run("show", life.user_id).out
    assert "\x1b" not in piped
    assert any(line.startswith(f"sub_{life.name}_1  active  ") for line in piped.splitlines())


def test_show_finds_a_customers_users_and_what_is_parked(pipeline: Pipeline, commands: Commands) -> None:
    """A customer nobody is linked to has no user (exit code 1), but the event that waits is told."""
    life = Life("shown_parked")
    play(pipeline, life.created(user=None))
    told = commands.run("show", "--customer", f"cus_{life.name}", "--json")
    assert (told.exit_code, told.json["users"]) == (1, [])
    [parked] = told.json["customers"][0]["parked"]
    assert parked["event_id"] == life.event_id("created")
    assert parked["event_type"] == "customer.subscription.created"
    play(pipeline, life.updated("label", 5, {"metadata": {"userId": None}}))
    told = commands.run("show", "--customer", f"cus_{life.name}", "--json")
    assert (told.exit_code, [one["user_id"] for one in told.json["users"]]) == (0, [life.user_id])
    assert told.json["customers"][0]["parked"] == []


def test_show_and_explain_say_so_where_there_is_no_profile(commands: Commands) -> None:
    """Exit code 1, and no stack trace."""
    for command in ("show", "explain"):
        told = commands.run(command, "user_that_never_was")
        assert told.exit_code == 1
        assert "no profile" in told.out


def test_explain_names_the_event_behind_each_attribute(pipeline: Pipeline, commands: Commands) -> None:
    """By the log of the deployed function; with what came later and changed nothing, and its reason."""
    life = Life("explained")
    lapsed = life.updated("lapsed", 60, {"status": "active"}, status="past_due")
    late = life.updated("late", 30)
    play(pipeline, life.created(status="incomplete"), life.updated("active", 0, {"status": "incomplete"}))
    play(pipeline, life.paid("paid", 2), lapsed, late)
    told = commands.run("explain", life.user_id, "--since", "1h", "--json")
    assert told.exit_code == 0
    attributes = told.json["attributes"]
    assert {name: one["set_by"]["event_id"] for name, one in attributes.items()} == {
        **dict.fromkeys(attributes, life.event_id("created")),
        **{name: life.event_id("paid") for name in attributes if "ayment" in name},
        "subscriptionAccessUntil": life.event_id("active"),
        "subscriptionStatus": lapsed["id"],
        "subscriptionProducts": lapsed["id"],
    }
    assert all(one["is_certain"] for one in attributes.values())
    status = attributes["subscriptionStatus"]
    assert (status["value"], status["set_by"]["event_created"]) == ("past_due", "2025-11-22T08:27:40Z")
    assert [(one["event_id"], one["reason"]) for one in status["rejected"]] == [(late["id"], "stale")]
    for_people = commands.run("explain", life.user_id).out
    assert lapsed["id"] in for_people
    assert "something newer was known already" in for_people


@pytest.mark.embedded
def test_explain_tells_of_events_that_failed(pipeline: Pipeline, commands: Commands) -> None:
    """A user whose only event the handler refuses has no profile; the explanation has the reason."""
    life = Life("failing")
    event = {**life.created(), "livemode": True}
    pipeline.put(event)
    pipeline.follow(event["id"], deliveries=3)
    queue_url = pipeline.outputs["failure_queue_url"]
    message = pipeline.receive(queue_url)
    pipeline.queues.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    told = commands.run("explain", life.user_id, "--json")
    assert told.exit_code == 1
    [failure] = told.json["failures"]
    assert (failure["event_id"], failure["attempts"]) == (event["id"], 3)
    assert "livemode" in failure["reason"]


def test_explain_holds_the_profile_against_stripes_own_events(pipeline: Pipeline, commands: Commands) -> None:
    """An event that Stripe lists and that never arrived is told, until it arrives."""
    life, hour_ago = Life("stripe_side"), int(time.time()) - 3600
    body = life.subscription(created=hour_ago)
    created = events.created(body, event_id=life.event_id("created"), created=hour_ago)
    lapsed = events.updated(
        {**body, "status": "past_due"},
        event_id=life.event_id("lapsed"),
        created=hour_ago + 60,
        previous={"status": "active"},
    )
    other = events.created(Life("stripe_other").subscription(), event_id="evt_other", created=hour_ago)
    play(pipeline, created)
    with FakeStripe(objects(created, lapsed, other)) as stripe:
        asked = ("explain", life.user_id, "--stripe-key-variable", "OPS_KEY", "--stripe-url", stripe.url)
        told = commands.run(*asked, "--json", OPS_KEY=API_KEY)
        assert told.exit_code == 1
        entries = {one["event_id"]: one for one in told.json["stripe"]["timeline"]}
        assert {key: (one["state"], one["is_behind"]) for key, one in entries.items()} == {
            created["id"]: ("applied", False),
            lapsed["id"]: ("not in the log", True),  # the log is younger than the event
        }
        assert "the profile lacks it" in commands.run(*asked, OPS_KEY=API_KEY).out
        play(pipeline, lapsed)
        assert commands.run(*asked, OPS_KEY=API_KEY).exit_code == 0
        refused = commands.run(*asked, OPS_KEY="sk_test_of_somebody")
        assert (refused.exit_code, "$OPS_KEY" in refused.err) == (1, True)
        assert (created["id"] in refused.out, "What Stripe has is not known" in refused.err) == (True, True)
        assert "sk_test_of_somebody" not in refused.err + refused.out


def test_both_users_of_a_subscription_that_was_handed_on_are_told(
    pipeline: Pipeline, commands: Commands
) -> None:
    """By log and link: whose it is, since when and why, and whose it was; `show` names the claim."""
    seller, buyer = Life("handed_on"), "user_handed_on_buyer"
    sold = seller.updated("sold", 60, {"metadata": {"userId": seller.user_id}}, user=buyer)
    play(pipeline, seller.created(), sold)
    subscription, since = f"sub_{seller.name}_1", "2025-11-22T08:27:40Z"
    for user_id, direction, rest in (
        (seller.user_id, "left", "until then it was shown here"),
        (buyer, "came", f"before that it was {seller.user_id}'s"),
    ):
        [passed] = commands.run("explain", user_id, "--since", "1h", "--json").json["ownership"]
        sentence = f"{subscription} belongs to {buyer} since {since} by its own label; {rest}"
        assert (passed["direction"], passed["sentence"]) == (direction, sentence)
        assert passed["event_id"] == sold["id"]
    told = commands.run("show", buyer, "--json")
    [link] = told.json["customers"][0]["links"]
    assert (link["owner"], link["came_by"]["former_user"]) == (buyer, seller.user_id)
    assert (link["claim"]["kind"], link["claim"]["second"]) == ("label", since)
    assert (told.exit_code, told.json["misplaced"]) == (0, [])


def test_a_subscription_in_two_profiles_is_found_and_repaired_by_the_command_that_is_named(
    pipeline: Pipeline, commands: Commands
) -> None:
    """Somebody has copied an item; `show` and `reconcile --owners` see it, without a Stripe key."""
    life, copy = Life("copied"), "user_copied_copy"
    play(pipeline, life.created())
    table, key = pipeline.config.table_name, {"PK": {"S": f"USER#{life.user_id}"}, "SK": {"S": "PROFILE"}}
    item = pipeline.dynamodb.get_item(TableName=table, Key=key)["Item"]
    pipeline.dynamodb.put_item(TableName=table, Item={**item, "PK": {"S": f"USER#{copy}"}})
    shown = commands.run("show", copy, "--json")
    found = commands.run("reconcile", "--owners", "--json")
    rows = [json.loads(line) for line in found.out.splitlines()]
    [row] = [one for one in rows if one.get("user_id") == copy]
    assert (shown.exit_code, found.exit_code, shown.json["misplaced"]) == (1, 1, [row])
    assert (row["subscription_id"], row["owner"]) == (f"sub_{life.name}_1", life.user_id)
    with FakeStripe(objects(life.subscription(livemode=False))) as stripe:
        words = shlex.split(row["repair"])[1:]
        asked = (*words, "--stripe-key-variable", "OPS_KEY", "--stripe-url", stripe.url)
        assert commands.run(*asked, OPS_KEY=API_KEY).exit_code == 0
    assert commands.run("show", copy, "--json").json["misplaced"] == []
    assert "subscriptionId" not in commands.run("show", copy, "--json").json["users"][0]["profile"]
    kept = commands.run("show", life.user_id, "--json").json["users"][0]["profile"]
    assert kept["subscriptionId"] == f"sub_{life.name}_1"


def test_what_the_apps_put_item_wiped_is_told_and_restored_by_the_command_that_is_named(
    pipeline: Pipeline, commands: Commands
) -> None:
    """By the log, although nothing in the table tells that there was a ledger; payments included."""
    life = Life("wiped")
    bill = life.invoice(
        status="paid", status_transitions={"paid_at": events.T0 + 2}, total=2000, livemode=False
    )
    paid = events.paid(bill, event_id=life.event_id("paid"), created=events.T0 + 2)
    play(pipeline, life.created(), paid)
    before = commands.run("show", life.user_id, "--json").json["users"][0]["profile"]
    put_over(pipeline, life.user_id)
    shown, explained = (commands.run(name, life.user_id) for name in ("show", "explain"))
    repair = f"stripe-handler sync {life.user_id} --outputs {commands.outputs_path}"
    for told in (shown, explained):
        assert (told.exit_code, "The ledger is gone" in told.out, repair in told.out) == (1, True, True)
        assert f"last by {paid['id']}" in told.out
    as_json = commands.run("explain", life.user_id, "--json").json
    assert (as_json["attributes"], as_json["lost_ledger"]["repair"]) == ({}, repair)
    found = commands.run("reconcile", "--owners", "--json")
    rows = [json.loads(line) for line in found.out.splitlines()]
    assert (
        found.exit_code,
        [one["subscription_id"] for one in rows if one.get("user_id") == life.user_id],
    ) == (
        1,
        [f"sub_{life.name}_1"],
    )
    with FakeStripe(objects(life.subscription(livemode=False, latest_invoice=bill["id"]), bill)) as stripe:
        words = shlex.split(as_json["lost_ledger"]["repair"].partition(" --outputs")[0])[1:]
        asked = (*words, "--stripe-key-variable", "OPS_KEY", "--stripe-url", stripe.url)
        assert commands.run(*asked, OPS_KEY=API_KEY).exit_code == 0
    after = commands.run("show", life.user_id, "--json")
    [user] = after.json["users"]
    assert (after.exit_code, user["profile"], user["app_attributes"]) == (0, before, ["email"])
    assert user["lost_ledger"] is None


def test_a_user_whose_id_begins_with_a_hyphen_is_shown_and_explained(
    pipeline: Pipeline, commands: Commands
) -> None:
    """Without anything that says so."""
    life, user_id = Life("hyphen"), "-hyphen"
    play(pipeline, life.created(user=user_id))
    for name in ("show", "explain"):
        told = commands.run(name, user_id, "--json")
        assert told.exit_code == 0, told.err
