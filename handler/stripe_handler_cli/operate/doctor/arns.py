"""Amazon Resource Names, taken apart. Pure."""

import attrs

_PARTS = 6


@attrs.frozen
class Arn:
    """An ARN and its parts; region and account may be empty."""

    partition: str  # `aws`, `aws-cn`, …
    service: str  # as `lambda`
    region: str
    account: str
    resource: str  # the rest, colons included

    @classmethod
    def parse(cls, text: str) -> "Arn":
        """Take an ARN apart; raises `ValueError` where the text is none."""
        parts = text.split(":", _PARTS - 1)
        if len(parts) != _PARTS or parts[0] != "arn":
            raise ValueError(f"not an ARN: {text}")
        return cls(*parts[1:])

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    def beside(self, service: str, resource: str) -> str:
        """The ARN of something in the same partition, region and account."""
        return str(attrs.evolve(self, service=service, resource=resource))


def short(text: str) -> str:
    """The part of an ARN that tells things of one account apart; anything else stays as it is."""
    try:
        return Arn.parse(text).resource
    except ValueError:
        return text
