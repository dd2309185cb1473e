"""What must never stand in a log: by its form, and by what the simulator invented."""

import json
import re
from collections.abc import Iterable

from stripe_handler_cli.lab.simulator import Simulation
from stripe_handler_cli.lab.simulator.people import Person, person

FORMS = {
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
    "a card number": re.compile(r"\b\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}\b"),
    "a page of an invoice": re.compile(r"\b(invoice|pay)\.stripe\.com\b"),
    "a telephone number": re.compile(r"\+\d{7,15}\b"),
    "a key or a signing secret": re.compile(r"\b((sk|rk)_(live|test)|whsec)_\w+"),
}
"""Kind → how it looks, whoever it belongs to."""


def people(simulation: Simulation) -> list[Person]:
    """Everybody behind a simulated customer."""
    return [person(states[-1][1]) for life in simulation.lives for states in life.book.customers.values()]


def personal_data(texts: Iterable[str], known: Iterable[Person]) -> list[str]:
    """What personal data texts hold, as `kind: value`, sorted; empty when there is none.

    Args:
        texts: Log lines, or whatever else should be free of it.
        known: Whose names and addresses to look for.
    """
    text = "\n".join(texts)
    named = [
        (kind, value)
        for owner in known
        for kind, value in (("a name", owner.name), ("a street", owner.street), ("a remark", owner.remark))
        if value in text or json.dumps(value)[1:-1] in text
    ]
    formed = [(kind, match[0]) for kind, form in FORMS.items() for match in form.finditer(text)]
    return sorted({f"{kind}: {value}" for kind, value in (*named, *formed)})
