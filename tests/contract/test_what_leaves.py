"""docs/security.md says what leaves the account: the code that runs there knows one address outside AWS."""

import ast
import re
from pathlib import Path

from stripe_subscription_handler.stripe_side.api import load_stripe

LIBRARY = Path(__file__).parents[2] / "handler/stripe_subscription_handler"
ADDRESS = re.compile(r"https?://([a-z][\w.-]*)")


def addresses_in(text: str) -> set[str]:
    """The hosts in a module's strings; its docstrings name sources, and go nowhere."""
    tree = ast.parse(text)
    said = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    strings = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    ]
    return {host for string in strings for host in ADDRESS.findall(string)}


def test_the_code_knows_two_addresses() -> None:
    """Stripe's, and how DynamoDB's begins in each region; everything else is AWS's, by botocore."""
    found = {
        host for path in LIBRARY.rglob("*.py") for host in addresses_in(path.read_text(encoding="utf-8"))
    }
    assert found == {"api.stripe.com", "dynamodb."}


def test_addresses_are_found_in_strings_and_not_in_docstrings() -> None:
    """Constants, arguments and f-strings count."""
    assert addresses_in('"""See https://docs.example.com/x."""\nA = "https://a.example.com/x"') == {
        "a.example.com"
    }
    assert addresses_in('send(f"https://b.example.com/{name}")') == {"b.example.com"}


def test_stripes_client_sends_no_telemetry() -> None:
    """It would name the platform and an id of this machine."""
    assert load_stripe().enable_telemetry is False
