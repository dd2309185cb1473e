"""An event of the wrong mode is sent only when somebody asks for it."""

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.send.modes import in_mode, refuse_other_mode
from stripe_subscription_handler.decisions.policy import Livemode

LIVE = {"id": "evt_live", "livemode": True, "data": {"object": {"id": "sub_1", "livemode": True}}}
TEST = {"id": "evt_test", "livemode": False}


def test_the_other_mode_is_refused() -> None:
    """With the option that sends it all the same, and the one that makes it right."""
    with pytest.raises(CliError, match=r"evt_live and 1 more are of live mode.*--mode test.*--mode live"):
        refuse_other_mode([TEST, LIVE, LIVE], Livemode.TEST)
    with pytest.raises(CliError, match="evt_test is of test mode"):
        refuse_other_mode([TEST], Livemode.LIVE)


@pytest.mark.parametrize(
    ("event", "taken"), [(LIVE, Livemode.LIVE), (TEST, Livemode.TEST), (LIVE, Livemode.ANY)]
)
def test_what_the_environment_takes_is_sent(event: dict[str, object], taken: Livemode) -> None:
    """Also what tells no mode, which the function judges."""
    refuse_other_mode([event, {"id": "evt_thin"}], taken)


def test_a_mode_is_given_to_the_event_and_its_object() -> None:
    """The event that was read stays as it is."""
    made = in_mode(LIVE, "test")
    assert (made["livemode"], made["data"]["object"]) == (False, {"id": "sub_1", "livemode": False})
    assert LIVE["livemode"] is True
    assert in_mode(TEST, "live")["livemode"] is True
