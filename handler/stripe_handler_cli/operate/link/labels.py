"""A subscription's label at Stripe: the user that its metadata names. Reads and writes; decides nothing."""

from typing import Any

import attrs

from stripe_handler_cli.stack.stripe_client import OperatorsStripe


@attrs.frozen(kw_only=True)
class Labelled:
    """A subscription as Stripe shows it, as far as its label goes.

    Attributes:
        user_id: The user whom the label names; None without a label.
        livemode: None where Stripe does not say.
    """

    subscription_id: str
    customer_id: str
    status: str
    user_id: str | None
    livemode: bool | None


@attrs.frozen
class Labels:
    """The labels of subscriptions at Stripe, under a metadata key.

    `account` is the connected account that has them, or a path through an organisation; None is the key's
    own. Each method raises a `CliError` if Stripe has no such subscription, does not answer, or refuses.
    """

    stripe: OperatorsStripe
    metadata_key: str
    account: str | None = None

    def read(self, subscription_id: str) -> Labelled:
        return self._labelled(
            self.stripe.ask(
                lambda client: client.v1.subscriptions.retrieve(subscription_id, options=self._options)
            )
        )

    def write(self, subscription_id: str, user_id: str) -> Labelled:
        """Name the user; the rest of the metadata stays as it is."""
        changes = {"metadata": {self.metadata_key: user_id}}
        return self._labelled(
            self.stripe.ask(
                lambda client: client.v1.subscriptions.update(subscription_id, changes, options=self._options)
            )
        )

    @property
    def _options(self) -> dict[str, str | None]:
        return {"stripe_context": self.account}

    def _labelled(self, found: Any) -> Labelled:
        metadata = found.metadata.to_dict() if found.metadata else {}
        return Labelled(
            subscription_id=found.id,
            customer_id=str(found.customer),
            status=found.status,
            user_id=metadata.get(self.metadata_key) or None,
            livemode=getattr(found, "livemode", None),
        )
