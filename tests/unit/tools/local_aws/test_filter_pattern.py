"""Filter patterns of CloudWatch Logs: which lines they match, and which patterns are refused."""

import pytest

from stripe_handler_cli.tools.local_aws.emulator.filter_pattern import (
    UnsupportedPatternError,
    compile_pattern,
    json_line,
    select,
)

LINE = {
    "decision": "write",
    "reason": "primary",
    "path": "a[b]?c",
    "duration_ms": 12,
    "rate": 0.5,
    "ok": True,
    "user": {"id": 1},
    "ids": [1, 2],
    "nothing": None,
}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ('{ $.decision = "write" }', True),
        ('{ $.decision = "writ" }', False),
        ("{ $.decision = write }", True),
        ('{ $.decision = "wri*" }', True),
        ('{ $.path = "a[b]?*" }', True),
        ('{ $.path = "ab?*" }', False),
        ("{ $.duration_ms = * }", True),
        ("{ $.absent = * }", False),
        ("{ $.nothing = * }", False),
        ("{ $.user = * }", False),
        ("{ $.ids = * }", False),
        ("{ $.ok = 1 }", False),
        ("{ $.duration_ms = 12 }", True),
        ("{ $.duration_ms > 12 }", False),
        ("{ $.duration_ms >= 1.2e1 }", True),
        ("{ $.duration_ms<20 }", True),
        ("{ $.rate <= 0.5 }", True),
        ("{ $.decision > 1 }", False),
        ("{ $.absent >= 0 }", False),
        ("{ $.user.id = 1 }", True),
        ('{ $.decision = "write" && $.duration_ms > 20 }', False),
        ('{ $.decision = "write" || $.duration_ms > 20 }', True),
        ('{ $.decision = "write" || $.rate > 1 && $.duration_ms > 20 }', True),
        ('{ ($.decision = "write" || $.rate > 1) && $.duration_ms > 20 }', False),
    ],
)
def test_a_pattern_matches_lines(pattern: str, matches: bool) -> None:  # noqa: FBT001
    """Texts with wild cards, numbers, `&&` before `||`; absent fields and objects never match."""
    assert compile_pattern(pattern)(LINE) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "ERROR",
        "[ip, user]",
        "{ $.decision }",
        "{ $.decision = }",
        '{ $.decision != "write" }',
        "{ $.nothing IS NULL }",
        "{ $.absent NOT EXISTS }",
        "{ $.ids[0] = 1 }",
        '{ $.decision = "write" && }',
        '{ ($.decision = "write" }',
        '{ $.decision = "write" } more',
        "{ $.decision > text }",
        "{ $.decision = %w.*% }",
        "{ decision = 1 }",
    ],
)
def test_what_is_not_modelled_is_refused(pattern: str) -> None:
    """Loudly, when the filter is made, instead of never matching."""
    with pytest.raises(UnsupportedPatternError):
        compile_pattern(pattern)


def test_only_json_objects_are_lines() -> None:
    """Lambda's own START, END and REPORT lines have no fields."""
    assert json_line('{"a": 1}') == {"a": 1}
    assert json_line("START RequestId: 1") is None
    assert json_line("[1]") is None


def test_a_field_is_a_text_or_a_number() -> None:
    """Everything else is as absent."""
    assert [select(LINE, f"$.{name}") for name in ("decision", "user.id", "user")] == ["write", 1, None]
