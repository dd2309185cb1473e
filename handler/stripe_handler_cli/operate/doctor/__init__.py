"""The production checklist, executed: what a deployed stack should be, what it is, and what puts it right.

`areas` say what is right: frozen facts, pure judgements over them, and the text of each check. `looks` fetch
those facts from AWS and Stripe, and decide nothing. `registry` ties the two together, `examination` runs
them, `report` and `checklist` show them. Nothing here changes AWS or Stripe.
"""

from stripe_handler_cli.operate.doctor.checklist import render_checklist
from stripe_handler_cli.operate.doctor.examination import Result, examine
from stripe_handler_cli.operate.doctor.registry import CHECKS
from stripe_handler_cli.operate.doctor.site import Site

__all__ = ["CHECKS", "Result", "Site", "examine", "render_checklist"]
