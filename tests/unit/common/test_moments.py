"""Times as people type and read them."""

from datetime import UTC, datetime

import pytest

from stripe_handler_cli.common.moments import duration, iso, parse_moment

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
        ("2026-11-23T10:00:00+02:00", "2026-11-23T08:00:00Z"),
        ("2026-11-23 10:00", "2026-11-23T10:00:00Z"),
        ("2026-11-22", "2026-11-22T00:00:00Z"),
        ("2h", "2026-11-23T10:00:00Z"),
        ("-90m", "2026-11-23T10:30:00Z"),
        ("3d", "2026-11-20T12:00:00Z"),
        ("1w", "2026-11-16T12:00:00Z"),
        ("2 hours ago", "2026-11-23T10:00:00Z"),
        ("1 minute ago", "2026-11-23T11:59:00Z"),
        ("now", "2026-11-23T12:00:00Z"),
    ],
)
def test_times_that_are_understood(text: str, moment: str) -> None:
    """ISO-8601 with any offset, UTC where it names none, or so long ago."""
    assert iso(parse_moment(text, NOW)) == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2y", "2h 30m", "10:00", "99999999999d", "2026-13-01"])
def test_times_that_are_not(text: str) -> None:
    """The message says what is expected."""
    with pytest.raises(ValueError, match="ISO-8601"):
        parse_moment(text, NOW)


@pytest.mark.parametrize(
    ("seconds", "text"), [(-5, "0 s"), (59.9, "59 s"), (61, "1 min"), (7200, "2 h"), (200_000, "2 d")]
)
def test_a_duration_has_one_unit(seconds: float, text: str) -> None:
    """The largest, rounded down."""
    assert duration(seconds) == text
