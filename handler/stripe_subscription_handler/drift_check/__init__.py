"""The scheduled drift check: one comparison of everything, shared out among many invocations.

Its Lambda handler string is `stripe_subscription_handler.drift_check.lambda_handler`. The entry point `app`
is loaded when Lambda asks for it, so that the other modules here can be imported without it.
"""

from typing import Any


def __getattr__(name: str) -> Any:
    if name == "lambda_handler":
        from stripe_subscription_handler.drift_check.app import lambda_handler  # noqa: PLC0415 - see above

        return lambda_handler
    raise AttributeError(name)
