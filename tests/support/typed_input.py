"""A person at the keyboard, or nobody."""

from io import StringIO


class Input(StringIO):
    """What somebody types, at a terminal or not."""

    def __init__(self, text: str, *, is_terminal: bool) -> None:
        """Nothing is read yet."""
        super().__init__(text)
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        """Whether it is typed at a terminal."""
        return self.is_terminal
