"""Consoles for commands: results on stdout, progress on stderr; no word is ever broken or cut."""

from typing import Any

from rich.console import Console
from rich.text import Text

from stripe_handler_cli.common.folding import fold_prose

_WIDTH = 160
"""Columns where the output is no terminal. Text is not folded there at all."""


class WholeWords(Console):
    """Folds text between words on a terminal, and nowhere else: grep and copy find ids as they are.

    It takes what rich's console takes.
    """

    def __init__(self, **options: Any) -> None:
        # Without emoji: a user's id may hold `:key:`.
        super().__init__(highlight=False, emoji=False, **options)
        if not self.is_terminal:
            self.width = _WIDTH

    def print(self, *objects: Any, soft_wrap: bool | None = None, **options: Any) -> None:
        """Print as rich does. With `soft_wrap` a line stays one, as it is everywhere but on a terminal."""
        if self.is_terminal and not soft_wrap:
            markup = options.get("markup")
            objects = tuple(self._folded(one, markup=markup) for one in objects)
        super().print(*objects, soft_wrap=True, **options)

    def _folded(self, one: Any, *, markup: bool | None) -> Any:
        text = self.render_str(one, markup=markup) if isinstance(one, str) else one
        return Text("\n").join(fold_prose(text, self.width)) if isinstance(text, Text) else one


def printer() -> Console:
    return WholeWords()


def reporter() -> Console:
    return WholeWords(stderr=True)


def nobody() -> Console:
    """A console of which nothing is shown, for work that tells how far it is and is not looked at."""
    return WholeWords(quiet=True)


def warn(text: str) -> None:
    reporter().print(f"Warning: {text}", style="yellow", markup=False)
