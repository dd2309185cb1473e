"""Where a day may be played: not on production, and only where a made-up user's profile shows the truth."""

import socket
from typing import Any

import attrs
import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.chaos.day.deployed import free_port
from stripe_handler_cli.lab.chaos.day.incidents import Amounts
from stripe_handler_cli.lab.chaos.day.stage import Stage
from stripe_handler_cli.lab.fake_stripe import FakeStripe
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.policy import Livemode, Unmapped
from stripe_subscription_handler.decisions.view_settings import ViewSettings

CONFIG = Config("profiles", "sync", livemode=Livemode.TEST)
ENDPOINT = Endpoint({"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"})


@attrs.frozen
class Pipeline:
    """A pipeline, as far as a stage asks for its outputs."""

    outputs: dict[str, Any]


def stage(config: Config = CONFIG, *, drift_check: bool = True, stripe: FakeStripe | None = None) -> Stage:
    """A stage on somebody's stack."""
    outputs = {"drift_check_function_name": "check" if drift_check else None}
    pipeline: Any = Pipeline(outputs)
    return Stage(ENDPOINT, pipeline, config, stripe, is_own=False)


def test_a_test_environment_is_fit() -> None:
    """It takes test events only, so no customer's profile is met."""
    stage().check("development")


@pytest.mark.parametrize(
    ("config", "workspace", "word"),
    [
        (attrs.evolve(CONFIG, livemode=Livemode.LIVE), "development", "livemode"),
        (attrs.evolve(CONFIG, livemode=Livemode.ANY), "development", "livemode"),
        (CONFIG, "production", "production"),
        (CONFIG, "Prod-eu", "production"),
        (attrs.evolve(CONFIG, user_id_metadata_key="uid"), "development", "user_id_metadata_key"),
        (attrs.evolve(CONFIG, unmapped=Unmapped.IGNORE), "development", "unmapped"),
        (attrs.evolve(CONFIG, create_missing_profile=False), "development", "create_missing_profile"),
        (
            attrs.evolve(CONFIG, shows=ViewSettings(handled_product_ids=frozenset({"prod_1"}))),
            "development",
            "handled_product_ids",
        ),
    ],
)
def test_what_is_refused(config: Config, workspace: str, word: str) -> None:
    """Production, by its mode or its name, and settings under which a made-up user shows nothing."""
    with pytest.raises(CliError, match=word):
        stage(config).check(workspace)


@pytest.mark.parametrize("drift_check", [True, False])
def test_without_a_stripe_of_ours_or_a_drift_check_nothing_is_lost(*, drift_check: bool) -> None:
    """What nothing could heal is left out, and so are kills; the certificate says both."""
    amounts, left_out = stage(drift_check=drift_check).amounts(Amounts())
    assert (amounts.lost, amounts.restores, amounts.kills) == (0, False, 0)
    assert amounts.late > 0
    assert [text.split(":")[0] for text in left_out][1:] == ["killed processes"]


def test_a_stripe_on_this_machine_is_ours_where_nobody_answers() -> None:
    """One that answers already is somebody's; another host's is never ours."""
    with FakeStripe() as taken:
        assert free_port(taken.url) is None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert free_port(f"http://127.0.0.1:{port}") == port
    assert free_port("https://api.stripe.com") is None
