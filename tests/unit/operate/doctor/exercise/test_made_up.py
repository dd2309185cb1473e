"""The made-up user fits whatever an environment is set to, or somebody is told why none can."""

import datetime as dt

import attrs
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.doctor.exercise.made_up import CUSTOMER, USER, MadeUp, is_ours, made_up
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.policy import Livemode, check_livemode
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.events.envelope import parse_event
from stripe_subscription_handler.reading import Profile
from support.model import Tables

CONFIG = Config(table_name="profiles", sync_table_name="sync")
NOW = 1_790_000_000


def made(config: Config = CONFIG, **more: str) -> MadeUp:
    """What is made for these settings."""
    return made_up(config, "0a1b2c", NOW, **more)


def through(config: Config, one: MadeUp) -> Tables:
    """The tables after its creation was handled by these settings."""
    tables = Tables(policy=config.policy(can_ask_stripe=False))
    event = parse_event(one.created(), config.selection)
    check_livemode(event, config.livemode)
    tables.deliver(event)
    return tables


SETTINGS = {
    "defaults": CONFIG,
    "live": attrs.evolve(CONFIG, livemode=Livemode.LIVE),
    "test": attrs.evolve(CONFIG, livemode=Livemode.TEST),
    "uuids": attrs.evolve(CONFIG, user_id_pattern="[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "numbers": attrs.evolve(CONFIG, user_id_pattern="[1-9][0-9]*"),
    "object ids": attrs.evolve(CONFIG, user_id_pattern="[0-9a-f]{24}"),
    "words": attrs.evolve(CONFIG, user_id_pattern=r"\w+"),
    "other key": attrs.evolve(CONFIG, user_id_metadata_key="owner.id"),
    "products": attrs.evolve(CONFIG, shows=ViewSettings(handled_product_ids=frozenset({"prod_b", "prod_a"}))),
    "metadata": attrs.evolve(CONFIG, shows=ViewSettings(required_metadata={"app": "mine"})),
    "plans": attrs.evolve(CONFIG, shows=ViewSettings(plan_product_ids=("prod_plan",))),
}


@pytest.mark.parametrize("config", SETTINGS.values(), ids=SETTINGS)
def test_it_gets_access_by_any_settings(config: Config) -> None:
    """The real decisions write it, and the real reader finds access to the product, and then none."""
    one = made(config)
    tables = through(config, one)
    profile = Profile.from_item(tables.profiles[one.user_id])
    assert profile.has_access(_moment(NOW + 5))
    assert profile.has_product(one.product_id, _moment(NOW + 5))
    tables.deliver(parse_event(one.deleted(NOW + 10), config.selection))
    ended = Profile.from_item(tables.profiles[one.user_id])
    assert (ended.status, ended.has_access(_moment(NOW + 10))) == ("canceled", False)


def _moment(second: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(second, dt.UTC)


def test_the_other_event_cannot_be_read() -> None:
    """It names what is wrong, as anything that Stripe would send so."""
    event = made().unreadable("customer.subscription.updated", NOW + 1)
    with pytest.raises(InvalidEventError) as told:
        parse_event(event, CONFIG.selection)
    assert "status" in str(told.value)


def test_everything_is_known_again() -> None:
    """By the next exercise, and by nobody else: ids of events begin alike, user and customer are the same."""
    first, second = made(), made_up(CONFIG, "ffffff", NOW)
    events = [
        event
        for one in (first, second)
        for event in (one.created(), one.deleted(NOW), one.unreadable("customer.subscription.updated", NOW))
    ]
    assert len({event["id"] for event in events}) == len(events)
    assert all(is_ours(event["id"]) for event in events)
    assert not is_ours("evt_1QMovewQVLkdIwHu7ixeRlqHVzs")
    assert not is_ours(None)
    assert {event["data"]["object"]["customer"] for event in events} == {CUSTOMER}
    assert first.user_id == second.user_id == USER
    assert first.subscription_id != second.subscription_id


def test_a_pattern_that_nothing_fits_wants_an_id() -> None:
    """One that somebody names must fit as well."""
    config = attrs.evolve(CONFIG, user_id_pattern="acct:[a-z]+")
    with pytest.raises(CliError, match=r"--exercise-user"):
        made(config)
    assert made(config, user_id="acct:nobody").user_id == "acct:nobody"
    with pytest.raises(CliError, match=r"acct:\[a-z\]"):
        made(config, user_id="nobody")


def test_metadata_that_fixes_the_user_is_told() -> None:
    """No made-up user can be the one whom all subscriptions must name."""
    config = attrs.evolve(CONFIG, shows=ViewSettings(required_metadata={"userId": "user_42"}))
    with pytest.raises(CliError, match="required_metadata"):
        made(config)
