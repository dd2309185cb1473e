"""Cases about the profile events."""

from typing import Any

from stripe_handler_cli.operate.doctor.areas import profile_events
from stripe_handler_cli.operate.doctor.areas.profile_events import StreamFacts, ToldFacts
from stripe_handler_cli.operate.doctor.commands import APPLY
from support.doctor.cases import FAIL, PASS, WARN, Cases

BUS = "arn:aws:events:eu-west-1:123456789012:event-bus/app"
STREAM = "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/1"


def stream(**changes: Any) -> StreamFacts:
    """A stream as it should be, and who reads it."""
    return StreamFacts(**{"table": "t", "stream_arn": STREAM, "mapped_arn": STREAM, **changes})


def told(**changes: Any) -> ToldFacts:
    """A bus that is there, and an empty queue."""
    return ToldFacts(**{"bus_arn": BUS, "told_to": BUS, **changes})


CASES: Cases = {
    profile_events.profile_stream: (
        (stream(is_wanted=False), PASS, "does not apply"),
        (stream(), PASS, "t has one, with both sides"),
        (stream(stream_arn=None), FAIL, "t has no stream", APPLY),
        (stream(view_type="NEW_IMAGE"), FAIL, "the view type NEW_IMAGE", APPLY),
        (stream(mapped_arn=f"{STREAM}0"), FAIL, "another stream than the one that is read", APPLY),
        (stream(mapping_state=None, mapped_arn=None), PASS, "t has one"),
    ),
    profile_events.profile_events_mapping: (
        (stream(is_wanted=False), PASS, "does not apply"),
        (stream(), PASS, "Enabled; what fails is split"),
        (stream(mapping_state=None), FAIL, "there is no event source mapping", APPLY),
        (stream(mapping_state="Disabled"), FAIL, "it is Disabled", profile_events.ENABLE),
        (stream(reports_failures=False), WARN, "holds up those behind it", APPLY),
        (stream(has_failure_queue=False), WARN, "goes to no queue", APPLY),
    ),
    profile_events.profile_events_bus: (
        (told(is_wanted=False), PASS, "does not apply"),
        (told(), PASS, BUS),
        (told(function_exists=False), FAIL, "no function that tells", APPLY),
        (told(bus_exists=False), FAIL, "every change is put nowhere", APPLY),
        (told(bus_exists=None), PASS, "of another account"),
        (told(told_to="other"), FAIL, "tells other, not", APPLY),
    ),
    profile_events.profile_events_queue_empty: (
        (told(is_wanted=False), PASS, "does not apply"),
        (told(), PASS, "is empty"),
        (told(lost=None), FAIL, "no queue", APPLY),
        (told(lost=2), FAIL, "2 messages of changes", profile_events.LIST_LOST),
    ),
}
