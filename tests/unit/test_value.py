"""The base of the values: what it shows is what attrs would show."""

import attrs
import pytest

from stripe_subscription_handler.decisions.claims import Claim, Kind
from stripe_subscription_handler.value import Value


@attrs.frozen
class ByAttrs:
    """One whose `repr` attrs writes."""

    text: str
    number: int = 1
    secret: str = attrs.field(default="hidden", repr=False)


@attrs.frozen(repr=False)
class ByValue(Value):
    """The same attributes."""

    text: str
    number: int = 1
    secret: str = attrs.field(default="hidden", repr=False)


@pytest.mark.parametrize("text", ["", "it's", "ü\n"])
def test_a_value_shows_what_attrs_would_show(text: str) -> None:
    """Its attributes, but those that are declared with `repr=False`."""
    assert repr(ByValue(text)) == repr(ByAttrs(text)).replace("ByAttrs", "ByValue")


@attrs.frozen(eq=False, repr=False)
class Compared(Value):
    """One that is compared by the base."""

    text: str
    others: tuple[int, ...] = ()
    note: str = attrs.field(default="", eq=False)


@attrs.frozen(eq=False, repr=False)
class Namesake(Value):
    """Another class, with an attribute of the same name."""

    text: str


def test_values_are_equal_if_their_attributes_are() -> None:
    """But for those that do not count; equal ones have one hash, and another class is never equal."""
    assert Compared("a", (1,)) == Compared("a", (1,), note="other")
    assert len({Compared("a", (1,)), Compared("a", (1,), note="other"), Compared("b")}) == 2
    assert Compared("a") != Compared("b")
    assert Compared("a") != Compared("a", (1,))
    assert Namesake("a") != Compared("a")
    assert Compared("a") != "a"


def test_a_value_that_cannot_be_hashed_says_so() -> None:
    """As attrs' own would: a dict is among its attributes."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(Namesake({}))  # type: ignore[arg-type]


def test_a_value_inside_a_function_has_its_own_name() -> None:
    """As attrs shows it: without the function's."""

    @attrs.frozen(repr=False)
    class Inner(Value):
        number: int

    assert repr(Inner(1)) == "Inner(number=1)"


def test_a_value_has_no_more_attributes_than_it_declares() -> None:
    """The base brings no `__dict__`: values stay as small as attrs makes them."""
    claim = Claim(Kind.LABEL, ("v",), "user-1")
    assert not hasattr(claim, "__dict__")
    assert repr(claim).startswith("Claim(kind=")
