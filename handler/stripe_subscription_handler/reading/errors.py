"""The error of an item that does not hold what the contract says. It stands alone, as this room does."""


class MalformedProfileError(ValueError):
    """An attribute of the profile item is not what the contract says; most likely the app wrote it itself.

    Attributes:
        attribute: Which one, as in `subscriptionProducts.prod_1.accessUntil`.
        reason: What is wrong with it. It never holds the value, which may be personal data.
    """

    def __init__(self, attribute: str, reason: str) -> None:
        super().__init__(f"{attribute}: {reason}")
        self.attribute = attribute
        self.reason = reason
