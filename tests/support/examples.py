"""How many examples the properties try."""

import os

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = int(os.environ.get("STRIPE_HANDLER_EXAMPLES", "500"))
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


def at_most(count: int) -> int:
    """So many simulated lives and the like; fewer where the properties try fewer examples."""
    return min(count, EXAMPLES)
