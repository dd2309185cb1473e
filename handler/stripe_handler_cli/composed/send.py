"""`send` is an operator's command, and the lab makes its events."""

from stripe_handler_cli.lab.made_events import MADE_TYPES, MadeFor, made_events
from stripe_handler_cli.operate.send.command import Making, send_command

send = send_command(Making(MADE_TYPES, lambda kinds, **wanted: made_events(kinds, MadeFor(**wanted))))
