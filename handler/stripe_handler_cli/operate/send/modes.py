"""Which mode events are of, live or test, and whether an environment takes it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from stripe_handler_cli.common.errors import CliError
from stripe_subscription_handler.decisions.policy import Livemode


def in_mode(event: Mapping[str, Any], mode: str) -> dict[str, Any]:
    """The same event, said to be of a mode, and so its object."""
    is_live = mode == Livemode.LIVE
    made = {**event, "livemode": is_live}
    data = event.get("data")
    subject = data.get("object") if isinstance(data, Mapping) else None
    if isinstance(data, Mapping) and isinstance(subject, Mapping) and "livemode" in subject:
        made["data"] = {**data, "object": {**subject, "livemode": is_live}}
    return made


def refuse_other_mode(events: Sequence[Mapping[str, Any]], taken: Livemode) -> None:
    """See that an environment takes the events' mode.

    Raises:
        CliError: It takes the other one alone, so that the function would fail each of them, with an alarm.
    """
    if taken is Livemode.ANY:
        return
    others = [event for event in events if event.get("livemode") is (taken is not Livemode.LIVE)]
    if others:
        other = Livemode.TEST if taken is Livemode.LIVE else Livemode.LIVE
        count = (
            f"{others[0]['id']} is"
            if len(others) == 1
            else f"{others[0]['id']} and {len(others) - 1} more are"
        )
        raise CliError(
            f'This environment takes {taken} events only (livemode = "{taken}"), and {count} of {other} '
            f"mode: the function would fail that. --mode {taken} sends them as {taken} events, and "
            f"--mode {other} as {other} ones, to see it."
        )
