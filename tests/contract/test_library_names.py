"""The library's public names: each can be had, and is imported only when somebody asks for it."""

import subprocess
import sys
from importlib import import_module

import pytest

import stripe_subscription_handler as library

HOMES = vars(library)["_HOMES"]
WHAT_IS_LOADED = """
import sys
{imports}
print(*(name for name in sys.modules if name.startswith("stripe_subscription_handler.")), sep="\\n")
"""


def loaded_after(imports: str) -> set[str]:
    """The library's modules that are there when a program has imported something, in its own process."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", WHAT_IS_LOADED.format(imports=imports)],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[2] for name in done.stdout.split()}


@pytest.mark.parametrize("name", library.__all__)
def test_a_public_name_is_what_its_module_holds(name: str) -> None:
    """And stands in the table once."""
    [home] = [home for home, names in HOMES.items() if name in names]
    assert getattr(library, name) is getattr(import_module(f"{library.__name__}.{home}"), name)


def test_the_table_has_nothing_that_is_not_public() -> None:
    """So `__all__`, the table and the imports for type checkers say the same; mypy compares the last."""
    assert sorted(name for names in HOMES.values() for name in names) == sorted(library.__all__)


def test_a_name_that_there_is_not_is_an_error() -> None:
    """The usual one."""
    with pytest.raises(AttributeError, match="'stripe_subscription_handler' has no attribute 'nothing'"):
        getattr(library, "nothing")  # noqa: B009 - mypy knows that there is none


def test_the_package_alone_imports_nearly_nothing() -> None:
    """What an app reads a profile with pays for no event, nor does an entry point that handles none."""
    assert loaded_after("import stripe_subscription_handler") == {"lazy_imports"}
    reading = loaded_after("from stripe_subscription_handler.reading import Profile")
    assert {name.partition(".")[0] for name in reading} == {"lazy_imports", "reading"}


def test_attrs_validators_are_there_for_whoever_uses_them() -> None:
    """An app that has our package and checks with validators of its own."""
    program = (
        "import stripe_subscription_handler, attrs\n"
        "from attrs import validators\n"
        "number = attrs.make_class('N', {'n': attrs.field(validator=validators.instance_of(int))})\n"
        "number(1)\n"
        "try: number('1')\n"
        "except TypeError: print('refused')\n"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "refused"
