"""Filter patterns of CloudWatch Logs for JSON log lines: text → a test of a line. Pure.

AWS rules modelled: `{ $.field = "text" }` with `*` as a wild card, the comparisons `=`, `<`, `<=`, `>` and
`>=` with a number, `&&` before `||`, parentheses, fields of fields (`$.a.b`). A line that is no JSON object,
or has no such field, or an object or array in its place, doesn't match.

Everything else is refused with `UnsupportedPatternError`, not ignored: patterns that are not JSON, `!=` (AWS
doesn't say what an absent field does there), `IS`, `NOT EXISTS`, array elements, regular expressions.
"""

import fnmatch
import functools
import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Line = Mapping[str, Any]
Test = Callable[[Line], bool]

_TOKENS = re.compile(r'\s*(&&|\|\||<=|>=|!=|[{}()=<>]|"[^"\\]*"|\$\.[\w.-]+|[\w.*+-]+|\S)')
_SELECTOR = re.compile(r"\$(\.[A-Za-z0-9_-]+)+")
_WORD = re.compile(r"[A-Za-z0-9_*]+")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class UnsupportedPatternError(ValueError):
    """The pattern is wrong, or right on AWS and not modelled here."""


def json_line(message: str) -> Line | None:
    """The line as a JSON object; None for everything else."""
    try:
        found = json.loads(message)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def is_selector(text: str) -> bool:
    """Whether the text names a field, as in `$.duration_ms`."""
    return _SELECTOR.fullmatch(text) is not None


def select(line: Line, selector: str) -> str | float | None:
    """The text or number a selector points to; None when there is none."""
    found: Any = line
    for name in selector.removeprefix("$.").split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str | int | float) and not isinstance(found, bool) else None


@functools.lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> Test:
    """The test that a pattern stands for; raises `UnsupportedPatternError`."""
    parser = _Parser(_TOKENS.findall(pattern))
    parser.expect("{")
    test = parser.either()
    parser.expect("}")
    if parser.tokens:
        raise UnsupportedPatternError(f"nothing may follow the closing brace, found {parser.tokens[0]}")
    return test


class _Parser:
    """Recursive descent, one method for each level of precedence."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens

    def either(self) -> Test:
        return self._joined("||", any, self.both)

    def both(self) -> Test:
        return self._joined("&&", all, self.one)

    def _joined(self, word: str, join: Callable[[Iterable[bool]], bool], part: Callable[[], Test]) -> Test:
        tests = [part()]
        while self._take_if(word):
            tests.append(part())
        return lambda line: join(test(line) for test in tests)

    def one(self) -> Test:
        if self._take_if("("):
            test = self.either()
            self.expect(")")
            return test
        selector, comparison, operand = self._take(), self._take(), self._take()
        if not is_selector(selector):
            raise UnsupportedPatternError(f"a field like $.name is expected, found {selector}")
        if comparison not in _COMPARISONS:
            raise UnsupportedPatternError(f"the comparison {comparison} is not modelled")
        if _NUMBER.fullmatch(operand):
            return functools.partial(_compares, selector, _COMPARISONS[comparison], float(operand))
        if comparison != "=" or not (operand.startswith('"') or _WORD.fullmatch(operand)):
            raise UnsupportedPatternError(f"{comparison} {operand} is not modelled")
        return functools.partial(_equals, selector, operand.strip('"'))

    def expect(self, wanted: str) -> None:
        found = self._take()
        if found != wanted:
            raise UnsupportedPatternError(f"{wanted} is expected, found {found or 'the end'}")

    def _take_if(self, wanted: str) -> bool:
        found = self.tokens[:1] == [wanted]
        if found:
            self._take()
        return found

    def _take(self) -> str:
        return self.tokens.pop(0) if self.tokens else ""


def _compares(selector: str, compare: Callable[[float, float], bool], operand: float, line: Line) -> bool:
    value = select(line, selector)
    return not isinstance(value, str | None) and compare(value, operand)


def _equals(selector: str, wanted: str, line: Line) -> bool:
    value = select(line, selector)
    if value is None:
        return False
    if wanted == "*":
        return True
    # Only `*` is a wild card; fnmatch knows more of them.
    glob = re.sub(r"([?\[])", r"[\1]", wanted)
    return isinstance(value, str) and fnmatch.fnmatchcase(value, glob)
