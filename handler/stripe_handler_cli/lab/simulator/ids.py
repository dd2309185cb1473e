"""Ids that look like Stripe's: a prefix and random letters and digits, with no order in them. Pure."""

import random
import string

_ALPHABET = string.digits + string.ascii_letters
_LENGTHS = {"cus": 14, "pi": 24, "pm": 24, "req": 14}
_DEFAULT_LENGTH = 24


def stripe_id(rng: random.Random, prefix: str) -> str:
    """Draw an id such as `evt_9zP…`."""
    length = _LENGTHS.get(prefix, _DEFAULT_LENGTH)
    return f"{prefix}_{''.join(rng.choices(_ALPHABET, k=length))}"
