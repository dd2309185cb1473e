"""Lives of one user each, with ids of their own, for tests that share a deployed stack."""

from typing import Any

import attrs

from support import events


@attrs.frozen
class Life:
    """Builds the events of one user's subscription; every id carries the life's name.

    Attributes:
        name: Distinct per test.
    """

    name: str

    @property
    def user_id(self) -> str:
        """The user."""
        return f"user_{self.name}"

    def subscription(self, number: int = 1, **changes: Any) -> dict[str, Any]:
        """The user's subscription `number`."""
        ids = {"id": f"sub_{self.name}_{number}", "customer": f"cus_{self.name}", "user": self.user_id}
        return events.subscription(**{**ids, **changes})

    def invoice(self, number: int = 1, **changes: Any) -> dict[str, Any]:
        """An invoice of the user's subscription `number`."""
        ids = {
            "id": f"in_{self.name}",
            "sub": f"sub_{self.name}_{number}",
            "customer": f"cus_{self.name}",
            "user": self.user_id,
        }
        return events.invoice(**{**ids, **changes})

    def event_id(self, suffix: str) -> str:
        """An event id."""
        return f"evt_{self.name}_{suffix}"

    def created(self, suffix: str = "created", *, second: int = 0, **changes: Any) -> dict[str, Any]:
        """A created event, `second` seconds after the beginning."""
        return events.created(
            self.subscription(**changes), event_id=self.event_id(suffix), created=events.T0 + second
        )

    def updated(
        self, suffix: str, second: int, previous: dict[str, Any] | None = None, **changes: Any
    ) -> dict[str, Any]:
        """An updated event."""
        return events.updated(
            self.subscription(**changes),
            event_id=self.event_id(suffix),
            created=events.T0 + second,
            previous=previous or {},
        )

    def deleted(self, suffix: str, second: int, **changes: Any) -> dict[str, Any]:
        """A deleted event."""
        body = self.subscription(status="canceled", ended_at=events.T0 + second, **changes)
        return events.deleted(body, event_id=self.event_id(suffix), created=events.T0 + second)

    def paid(self, suffix: str, second: int, **changes: Any) -> dict[str, Any]:
        """A payment that succeeded."""
        return events.paid(
            self.invoice(**changes), event_id=self.event_id(suffix), created=events.T0 + second
        )

    def failed(self, suffix: str, second: int, **changes: Any) -> dict[str, Any]:
        """A payment that failed."""
        return events.failed(
            self.invoice(**changes), event_id=self.event_id(suffix), created=events.T0 + second
        )
