"""Which of the dead letters a command is about. Pure."""

import attrs

from stripe_handler_cli.operate.dlq.messages import DeadLetter, Layer


@attrs.frozen
class Selection:
    """Chooses dead letters: any of the values of each criterion, and every criterion that is given.

    Attributes:
        ids: Stripe event ids or SQS message ids; an event may be in the queues more than once.
        error_types: Error types.
        layers: Layers.
    """

    ids: frozenset[str] = frozenset()
    error_types: frozenset[str] = frozenset()
    layers: frozenset[Layer] = frozenset()

    @property
    def names_something(self) -> bool:
        """Whether any criterion is given; without one, everything matches."""
        return bool(self.ids or self.error_types or self.layers)

    def is_in(self, layer: Layer) -> bool:
        """Whether a layer's queue may hold a match."""
        return not self.layers or layer in self.layers

    def matches(self, letter: DeadLetter) -> bool:
        """Whether a letter is chosen."""
        return (
            self.is_in(letter.layer)
            and (not self.ids or bool(self.names_of(letter)))
            and (not self.error_types or letter.error_type in self.error_types)
        )

    def names_of(self, letter: DeadLetter) -> frozenset[str]:
        """The given ids that are this letter's."""
        return self.ids & {letter.message_id, letter.event_id or letter.message_id}
