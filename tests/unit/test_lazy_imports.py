"""Imports that wait until somebody uses what they bring; each in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

MODULES = {
    "heavy.py": "print('executed')\nvalue = 1\n",
    "first.py": "import heavy\n",
    "second.py": "import heavy\nimport first\n",
    "giving.py": "def __getattr__(name):\n    if name == 'made': return 2\n    raise AttributeError(name)\n",
    "with_giving.py": "import giving\n",
}


def run(tmp_path: Path, program: str) -> list[str]:
    """What a program prints that finds the modules above."""
    for name, text in MODULES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    start = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from stripe_subscription_handler.lazy_imports import import_without\n"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", start + program], capture_output=True, text=True, check=True
    )
    return done.stdout.split("\n")[:-1]


def test_what_is_left_out_is_executed_when_it_is_used(tmp_path: Path) -> None:
    """Once, however many import it before."""
    program = (
        "first = import_without('first', left_out=('heavy',))\n"
        "import second\n"
        "print('not yet')\n"
        "print(first.heavy.value, second.heavy.value, first.heavy is sys.modules['heavy'])\n"
    )
    assert run(tmp_path, program) == ["not yet", "executed", "1 1 True"]


def test_a_module_that_is_whole_has_its_own_loader(tmp_path: Path) -> None:
    """So that nothing that looks at modules can tell it from another one."""
    program = (
        "heavy = import_without('first', left_out=('heavy',)).heavy\n"
        "print(type(heavy.__spec__.loader).__name__, heavy.__loader__ is heavy.__spec__.loader)\n"
    )
    assert run(tmp_path, program) == ["SourceFileLoader True"]


@pytest.mark.parametrize("before", ["", "heavy.value\n"])
def test_a_name_that_it_has_not_is_an_error(tmp_path: Path, before: str) -> None:
    """Of the usual kind, whether it was used before or not."""
    program = (
        "heavy = import_without('first', left_out=('heavy',)).heavy\n" + before + "try: heavy.nothing\n"
        "except AttributeError as error: print(error)\n"
        "print(hasattr(heavy, 'value'), hasattr(heavy, 'nothing'))\n"
    )
    assert run(tmp_path, program) == [
        "executed",
        "module 'heavy' has no attribute 'nothing'",
        "True False",
    ]


def test_a_module_with_a_getattr_of_its_own_keeps_it(tmp_path: Path) -> None:
    """It is asked from the first use on."""
    program = (
        "giving = import_without('with_giving', left_out=('giving',)).giving\n"
        "print(giving.made, giving.made, hasattr(giving, 'nothing'))\n"
    )
    assert run(tmp_path, program) == ["2 2 False"]


def test_threads_that_use_it_at_once_all_find_it_whole(tmp_path: Path) -> None:
    """One executes it, the others wait."""
    program = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "heavy = import_without('first', left_out=('heavy',)).heavy\n"
        "with ThreadPoolExecutor(8) as threads:\n"
        "    print(set(threads.map(lambda _: heavy.value, range(64))))\n"
    )
    assert run(tmp_path, program) == ["executed", "{1}"]


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    """As without this: whoever can do without it does."""
    program = (
        "try: import_without('no_such_module', left_out=('no_such_module',))\n"
        "except ModuleNotFoundError as error: print(error.name)\n"
    )
    assert run(tmp_path, program) == ["no_such_module"]
