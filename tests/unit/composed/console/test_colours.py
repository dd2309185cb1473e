"""Every colour of the console's stylesheet is readable on what it stands on, in light and in dark."""

import re

import pytest

from stripe_handler_cli.composed.console.site import FILES

LEAST = 4.5
"""WCAG 2.2, success criterion 1.4.3: contrast of text."""
PAIRS = [
    *((ink, ground) for ink in ("ink", "dim", "link") for ground in ("page", "card")),
    *((word, ground) for word in ("ok", "warn", "bad") for ground in ("card", word + "-soft")),
    ("ink", "warn-soft"),
    ("ink", "bad-soft"),
    ("ink", "ok-soft"),
    ("on-accent", "accent"),
    *(
        ("on-status", one)
        for one in ("active", "trialing", "past-due", "unpaid", "paused", "ended", "other", "unknown")
    ),
]


def colours(scheme: str) -> dict[str, str]:
    """The named colours of a scheme; the dark one has what it changes."""
    text = (FILES / "static" / "console.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", text, re.DOTALL)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    return found | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark)) if scheme == "dark" else {})


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`, by WCAG."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS, ids="-on-".join)
def test_a_text_can_be_read(scheme: str, ink: str, ground: str) -> None:
    """By its contrast, as WCAG counts it."""
    found = colours(scheme)
    high, low = sorted((luminance(found[ink]), luminance(found[ground])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= LEAST
