"""The command that writes a label without this program, for a shell that has the key. Pure."""

import shlex
from urllib.parse import quote

import attrs


@attrs.frozen(kw_only=True)
class Request:
    """The request that labels a subscription; of the key only the environment variable's name is known."""

    url: str
    subscription_id: str
    metadata_key: str
    user_id: str
    account: str | None
    key_variable: str

    @property
    def command(self) -> str:
        """One line for a POSIX shell with curl.

        The key goes through a pipe: as an argument of curl's, other users of the machine could see it.
        """
        words = ["curl", "--fail-with-body", "--silent", "--show-error", "--header", "@-"]
        if self.account is not None:
            words += ["--header", f"Stripe-Context: {self.account}"]
        # curl encodes what follows the first "=" only.
        name = f"metadata[{quote(self.metadata_key, safe='')}]"
        words += ["--data-urlencode", f"{name}={self.user_id}"]
        words += [f"{self.url}/v1/subscriptions/{self.subscription_id}"]
        return f"printf 'Authorization: Bearer %s' \"${self.key_variable}\" | {shlex.join(words)}"
