"""The people behind the customers: what Stripe's objects tell of them. Pure; all of it is invented.

Real events carry names, addresses and cards. The simulated ones do too, so that whoever logs them shows.
"""

import attrs

from stripe_handler_cli.lab.simulator.state import Customer, Json

_FIRST_NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gia", "Hugo")


@attrs.frozen
class Person:
    """An invented person; everything but the card is different for each customer."""

    name: str
    email: str
    phone: str
    street: str
    card_number: str
    remark: str  # what they wrote when they cancelled

    @property
    def address(self) -> Json:
        return {
            "city": "Springfield",
            "country": "US",
            "line1": self.street,
            "line2": None,
            "postal_code": "00000",
            "state": None,
        }

    @property
    def contact(self) -> Json:
        return {"address": self.address, "email": self.email, "name": self.name, "phone": self.phone}


def person(customer: Customer) -> Person:
    number = customer.number
    email = f"customer-{number}@example.com"
    card_number = "4242 4242 4242 4242"
    return Person(
        name=f"{_FIRST_NAMES[number % len(_FIRST_NAMES)]} Example-{number}",
        email=email,
        phone=f"+1555555{number % 10_000:04d}",
        street=f"{number} Invented Street",
        card_number=card_number,
        remark=f"Write to {email}, and remove my card {card_number}.",
    )


def payment_method(identifier: str, customer: Customer) -> Json:
    """The card the customer pays with, as an expanded reference."""
    owner = person(customer)
    return {
        "id": identifier,
        "object": "payment_method",
        "billing_details": owner.contact,
        "card": {
            "brand": "visa",
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": f"Simulated{customer.number:07d}",
            "funding": "credit",
            "last4": owner.card_number[-4:],
        },
        "created": customer.created,
        "customer": customer.id,
        "livemode": customer.livemode,
        "metadata": {},
        "type": "card",
    }
