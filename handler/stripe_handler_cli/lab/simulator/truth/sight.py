"""A subscription as its account tells it: what the account's API version leaves out is not there. Pure."""

import attrs

from stripe_handler_cli.lab.simulator.api_versions import ApiVersion
from stripe_handler_cli.lab.simulator.state import Item, Subscription
from stripe_handler_cli.lab.simulator.truth.settings import Settings

_OVER = frozenset({"canceled", "incomplete_expired"})


@attrs.frozen
class Sight:
    """A state of a subscription, seen in an API version and under the handler's settings.

    Its times are Unix seconds.
    """

    state: Subscription
    version: ApiVersion
    settings: Settings

    @property
    def is_over(self) -> bool:
        return self.state.status in _OVER

    @property
    def is_ours(self) -> bool:
        """Whether the filters leave it: it holds a product that is handled, and has the required metadata."""
        handled = self.settings.handled_product_ids
        has_product = not handled or any(self.product(item) in handled for item in self.state.items)
        metadata = self.state.metadata
        return has_product and all(
            metadata.get(key) == value for key, value in self.settings.required_metadata.items()
        )

    @property
    def created(self) -> int:
        return self.state.created if self.version.has_created else self.state.changed_plan_at

    @property
    def cancel_at(self) -> int | None:
        return self.state.cancel_at if self.version.has_modern_subscriptions else None

    @property
    def is_collection_paused(self) -> bool:
        return self.pause_behavior is not None

    @property
    def pause_behavior(self) -> str | None:
        return self.state.pause_behavior if self.version.has_modern_subscriptions else None

    @property
    def pause_resumes_at(self) -> int | None:
        return self.state.pause_resumes_at if self.is_collection_paused else None

    def product(self, item: Item) -> str | None:
        return item.price.product_id if self.version.has_products else None

    def plan_item(self, product_id: str | None = None) -> Item:
        """The plan among the items, or among those with a product.

        The best place counts, then that it is not metered, then where it stands in the list.
        """
        items = [item for item in self.state.items if product_id in {None, self.product(item)}]
        return min(items, key=lambda item: (self.settings.place(self.product(item)), item.price.metered))
