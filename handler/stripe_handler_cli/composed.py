"""Commands put together from several rooms: `send` is an operator's, and the lab makes its events."""

from stripe_handler_cli.lab.made_events import MADE_TYPES, made_event
from stripe_handler_cli.operate.send.command import send_command

send = send_command(MADE_TYPES, made_event)
