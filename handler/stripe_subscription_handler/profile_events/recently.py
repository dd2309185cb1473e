"""What a warm function has done lately, so that a batch that comes again is not all done again."""

import attrs

_KEPT = 10_000


@attrs.define
class Recently:
    """Ids of the last records that were dealt with, the newest 10,000."""

    _ids: dict[str, None] = attrs.field(factory=dict, init=False, repr=False)

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._ids

    def add(self, record_id: str) -> None:
        self._ids[record_id] = None
        while len(self._ids) > _KEPT:
            del self._ids[next(iter(self._ids))]
