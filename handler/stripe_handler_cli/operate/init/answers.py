"""What a person chose for an environment, as values of Terraform's variables. Pure."""

from collections.abc import Mapping
from typing import Any

import attrs

NO_SORT_KEY = "none"
"""What one types for a table without a sort key."""
_DEFAULTS = {
    "partition_key_name": "PK",
    "partition_key_template": "USER#{userId}",
    "sort_key_name": "SK",
    "sort_key_template": "PROFILE",
}
"""Those of the Terraform root; a value that is no other is left out of the file."""


@attrs.frozen(kw_only=True)
class Answers:
    """The choices.

    Attributes:
        table: The profile table's name.
        creates_table: Whether the stack makes it; else it is the app's.
        sort_key_name: `NO_SORT_KEY` for a table without.
        emails: Who gets the alarms.
    """

    prefix: str
    table: str
    creates_table: bool = True
    partition_key_name: str = _DEFAULTS["partition_key_name"]
    partition_key_template: str = _DEFAULTS["partition_key_template"]
    sort_key_name: str = _DEFAULTS["sort_key_name"]
    sort_key_template: str = _DEFAULTS["sort_key_template"]
    emails: tuple[str, ...] = ()

    @property
    def variables(self) -> Mapping[str, Any]:
        """The variables that the file is to name."""
        keys: dict[str, Any] = {name: getattr(self, name) for name in _DEFAULTS}
        if self.sort_key_name == NO_SORT_KEY:
            keys |= {"sort_key_name": None, "sort_key_template": None}
        return {
            "prefix": self.prefix,
            "profile_table_name": self.table,
            "create_profile_table": self.creates_table,
            **{name: value for name, value in keys.items() if value != _DEFAULTS[name]},
            **({"alarm_email_addresses": list(self.emails)} if self.emails else {}),
        }
