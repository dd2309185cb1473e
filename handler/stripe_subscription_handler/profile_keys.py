"""The key of a profile item: a user's id → the key, and back. Pure.

The names of the keys and the templates of their values are configuration; other items of the same table have
other keys.
"""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.errors import ConfigError
from stripe_subscription_handler.value import Value

USER_ID_PLACEHOLDER = "{userId}"


@attrs.frozen(eq=False, repr=False)
class ProfileKeys(Value):
    """Names and templates of a profile's key.

    Attributes:
        sort_key_name: Empty for a table without a sort key.
        partition_key_template: Holds `{userId}` exactly once.
        sort_key_template: May hold `{userId}`.
    """

    partition_key_name: str = "PK"
    sort_key_name: str = "SK"
    partition_key_template: str = f"USER#{USER_ID_PLACEHOLDER}"
    sort_key_template: str = "PROFILE"

    def check(self) -> None:
        """Raise `ConfigError`, which names the variable, where no key can be made of these."""
        if not self.partition_key_name:
            raise ConfigError("PARTITION_KEY_NAME is empty")
        if self.partition_key_template.count(USER_ID_PLACEHOLDER) != 1:
            raise ConfigError(f"PARTITION_KEY_TEMPLATE must hold {USER_ID_PLACEHOLDER} exactly once")
        if self.sort_key_name and not self.sort_key_template:
            raise ConfigError("SORT_KEY_TEMPLATE is empty although SORT_KEY_NAME is set")

    def key_of(self, user_id: str) -> dict[str, str]:
        """The key of a user's profile."""
        key = {self.partition_key_name: self.partition_key_template.replace(USER_ID_PLACEHOLDER, user_id)}
        if self.sort_key_name:
            key[self.sort_key_name] = self.sort_key_template.replace(USER_ID_PLACEHOLDER, user_id)
        return key

    def user_of(self, key: Mapping[str, Any]) -> str | None:
        """The user whose profile has this key; None where it is the key of some other item of the table."""
        before, _, after = self.partition_key_template.partition(USER_ID_PLACEHOLDER)
        value = key.get(self.partition_key_name)
        if not isinstance(value, str) or len(value) <= len(before) + len(after):
            return None
        if not value.startswith(before) or not value.endswith(after):
            return None
        user_id = value[len(before) : len(value) - len(after)]
        # The sort key must fit too: other items of the same user may have a `subscriptionId` of their own.
        expected = self.key_of(user_id)
        return user_id if all(key.get(name) == part for name, part in expected.items()) else None
