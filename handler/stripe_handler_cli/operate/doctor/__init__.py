"""The production checklist, executed: what a deployed stack should be, what it is, and what puts it right.

Each module of `areas` holds what it looks at, the facts, and the verdict on them; `examination` goes
through them, `report` and `checklist` show them. Nothing here changes AWS or Stripe.
"""

from stripe_handler_cli.operate.doctor.areas import CHECKS
from stripe_handler_cli.operate.doctor.examination import Result, examine
from stripe_handler_cli.operate.doctor.site import Site

__all__ = ["CHECKS", "Result", "Site", "examine"]
