"""Two limits of DynamoDB's expressions that a program which composes them can run into.

AWS rules modelled:
- The paths that one `UpdateExpression` changes may not overlap: none may be equal to another or lie
  inside it.
- An expression may have at most 300 operators and functions.

Stock MiniStack checks the size of expressions (4 KB) and neither of these.
"""

import itertools
import operator
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import dynamodb

from .replacing import replaces

_MAXIMUM_OPERATORS = 300
_CLAUSES = frozenset({"SET", "REMOVE", "ADD", "DELETE"})
_COMPARATORS = frozenset({"EQ", "NE", "LT", "LE", "GT", "GE", "PLUS", "MINUS"})
_WORDS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN"})

Token = tuple[str, str]


@replaces(dynamodb, "_expression_size_error")
def expression_size_error(stock: Any, data: dict[str, Any], fields: tuple[str, ...], *wording: Any) -> Any:
    too_large = stock(data, fields, *wording)
    if too_large is not None:
        return too_large
    for name in fields:
        expression = data.get(name)
        if not isinstance(expression, str):
            continue
        tokens = dynamodb._tokenize(expression)
        is_update = name == "UpdateExpression"
        count = _operator_count(tokens, is_update=is_update)
        if count > _MAXIMUM_OPERATORS:
            message = f"Invalid {name}: The expression contains too many operators; operator count: {count}"
            return error_response_json("ValidationException", message)
        paths = _changed_paths(tokens, data.get("ExpressionAttributeNames") or {}) if is_update else []
        for one, two in itertools.combinations(paths, 2):
            # `map` stops at the end of the shorter path.
            if all(map(operator.eq, one, two)):
                return error_response_json("ValidationException", _overlap_message(one, two))
    return None


def _operator_count(tokens: list[Token], *, is_update: bool) -> int:
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


def _overlap_message(*paths: list[Any]) -> str:
    shown = [f"[{', '.join(map(str, path))}]" for path in paths]
    return (
        "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of "
        f"these paths; path one: {shown[0]}, path two: {shown[1]}"
    )
