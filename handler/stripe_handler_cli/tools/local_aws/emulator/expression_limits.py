# ruff: noqa: SLF001 - MiniStack has no public interface for this
"""Two limits of DynamoDB's expressions that a program which composes them can run into.

AWS rules modelled:
- The paths that one `UpdateExpression` changes may not overlap: none may be equal to another or lie
  inside it.
- An expression may have at most 300 operators and functions.

Stock MiniStack checks the size of expressions (4 KB) and neither of these.
"""

import itertools
from typing import Any

from ministack.services import dynamodb

from .answers import Response, error

MAXIMUM_OPERATORS = 300

_CLAUSES = frozenset({"SET", "REMOVE", "ADD", "DELETE"})
_COMPARATORS = frozenset({"EQ", "NE", "LT", "LE", "GT", "GE", "PLUS", "MINUS"})
_WORDS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN"})

Token = tuple[str, str]

_stock_expression_size_error = dynamodb._expression_size_error


def install() -> None:
    """Replace MiniStack's function by ours."""
    dynamodb._expression_size_error = expression_size_error


def expression_size_error(data: dict[str, Any], fields: tuple[str, ...], *wording: Any) -> Response | None:
    """The error of an expression that is too large, or None."""
    too_large: Response | None = _stock_expression_size_error(data, fields, *wording)
    if too_large is not None:
        return too_large
    for name in fields:
        expression = data.get(name)
        if not isinstance(expression, str):
            continue
        tokens = dynamodb._tokenize(expression)
        count = operator_count(tokens, is_update=name == "UpdateExpression")
        if count > MAXIMUM_OPERATORS:
            message = f"Invalid {name}: The expression contains too many operators; operator count: {count}"
            return error("ValidationException", message)
        if name == "UpdateExpression":
            overlap = _first_overlap(_changed_paths(tokens, data.get("ExpressionAttributeNames") or {}))
            if overlap is not None:
                return error("ValidationException", _overlap_message(*overlap))
    return None


def operator_count(tokens: list[Token], *, is_update: bool) -> int:
    """The operators and functions in the expression; the `=` of SET is none."""
    count = 0
    for (kind, text), (following, _) in itertools.pairwise(tokens):
        if kind == "IDENT":
            count += following == "LPAREN" or text.upper() in _WORDS
        else:
            count += kind in _COMPARATORS and not (is_update and kind == "EQ")
    return count


def _changed_paths(tokens: list[Token], names: dict[str, str]) -> list[list[Any]]:
    clauses: list[list[Token]] = []
    for token in tokens:
        if token[0] == "IDENT" and token[1].upper() in _CLAUSES:
            clauses.append([])
        elif clauses and token[0] != "EOF":
            clauses[-1].append(token)
    # The stock parser stops at the first token that is no part of a path: `=` or a value.
    return [
        dynamodb._parse_path_from_tokens(change, names)
        for clause in clauses
        for change in dynamodb._split_by_comma(clause)
    ]


def _first_overlap(paths: list[list[Any]]) -> tuple[list[Any], list[Any]] | None:
    for number, later in enumerate(paths):
        for earlier in paths[:number]:
            shorter = min(len(earlier), len(later))
            if earlier[:shorter] == later[:shorter]:
                return earlier, later
    return None


def _overlap_message(one: list[Any], two: list[Any]) -> str:
    shown = [f"[{', '.join(map(str, path))}]" for path in (one, two)]
    return (
        "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of "
        f"these paths; path one: {shown[0]}, path two: {shown[1]}"
    )
