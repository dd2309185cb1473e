"""How many examples the properties try."""

import os
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings

_T = TypeVar("_T")
USUAL = 250
"""Half of the rules in `support.mutants` that a property holds are missed within 20 examples when they are
switched off, nearly all of them within this many; `make prove` searches on.
"""
EXAMPLES = int(os.environ.get("STRIPE_HANDLER_EXAMPLES", USUAL))
PHASES = tuple(Phase) if os.environ.get("STRIPE_HANDLER_SHRINK", "1") == "1" else (Phase.generate,)
MANY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=PHASES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FEW = settings(MANY, max_examples=int(os.environ.get("STRIPE_HANDLER_EXAMPLES", "120")))
"""For whole worlds that are delivered twice; the negative controls take as many as of the others."""
SOME = settings(MANY, max_examples=min(EXAMPLES, 300))
"""For what depends on few choices; `make prove` leaves it out."""


def share_of(count: int) -> int:
    """So many examples, simulated lives and the like; fewer where the properties try fewer than usual."""
    return min(count, max(4, count * EXAMPLES // USUAL))


def thinned(things: Sequence[_T]) -> Sequence[_T]:
    """All of them; a share, evenly spread, where the properties try fewer examples than usual."""
    return things[:: max(1, USUAL // EXAMPLES)]
