"""The floors of the house: an import goes down, never up; and no two modules import each other.

CONTRIBUTING.md shows the same floors to people.
"""

import re
import subprocess
import sys

import pytest

from support.imports import HANDLER, circles, import_graph, imported_names, modules

LIBRARY, CLI = "stripe_subscription_handler", "stripe_handler_cli"

LIBRARY_FLOORS = (
    "app",
    "drift_check",
    "profile_events",
    "webhook_bridge",
    "operations",
    "comparison",
    "dynamodb",
    "stripe_side",
    "lambda_errors",
    "initialization",
    "logger",
    "lazy_imports",
    "put_events",
    "aws_clients",
    "user_agent",
    "garbage_collection",
    "config",
    "profile_keys",
    "conversation",
    "decisions",
    "events",
    "loggable",
    "errors",
    "value",
    "reading",
)
"""From the top: a room imports only itself and what stands below it."""
CLI_FLOORS = ("__main__", "cli", "composed", "lab", "operate", "stack", "tools", "common")
"""From the top as well. The library is below all of them."""
APART = {("lab", "operate"), ("operate", "lab")}
"""Rooms that do not import each other: a development rig is no part of an operator's command."""
PURE = frozenset({"conversation", "decisions", "events", "loggable", "errors", "value", "reading"})
"""Rooms without a clock, an environment and a network."""
PURE_NEEDS = frozenset(
    {
        "attrs",
        "base64",
        "bisect",
        "collections",
        "datetime",
        "decimal",
        "enum",
        "functools",
        "hashlib",
        "itertools",
        "jmespath",
        "json",
        "math",
        "re",
        "typing",
    }
)
"""What pure rooms may import besides each other. The clock in `datetime` is looked for by name."""
ENTRY_POINTS = ("app", "drift_check.app", "profile_events.app", "webhook_bridge.app")
OWNERS = {"stripe": {"stripe_side.unparsed"}, "botocore.session": {"aws_clients"}}
"""What one module of the library alone imports. `stripe_side.api` loads stripe by its name, and lends it."""

GRAPH = import_graph()


def room(name: str) -> str:
    """The floor that a module stands on; empty for a package's own `__init__`."""
    return name.partition(".")[2].partition(".")[0]


def floors_of(name: str) -> tuple[str, ...]:
    """The floors of a module's package."""
    return LIBRARY_FLOORS if name.startswith(LIBRARY) else CLI_FLOORS


def test_every_room_has_a_floor() -> None:
    """No module stands outside the table, and the table names no room that is not there."""
    for package, floors in ((LIBRARY, LIBRARY_FLOORS), (CLI, CLI_FLOORS)):
        rooms = {room(name) for name in modules() if name.partition(".")[0] == package} - {""}
        assert rooms == set(floors)


def test_no_import_goes_up() -> None:
    """Nor from the library to the CLI, nor between rooms that stand apart."""
    wrong = []
    for name, imported in GRAPH.items():
        floors = floors_of(name)
        for other in imported:
            if room(name) == "" or other == LIBRARY:
                continue  # the public names of the library, which stand above all rooms
            if name.startswith(LIBRARY) != other.startswith(LIBRARY):
                is_wrong = name.startswith(LIBRARY)
            else:
                is_wrong = floors.index(room(other)) < floors.index(room(name))
                is_wrong |= (room(name), room(other)) in APART
            if is_wrong:
                wrong.append(f"{name} imports {other}")
    assert wrong == []


def test_no_command_imports_anothers_folder() -> None:
    """What commands share stands below them."""
    folders = {
        name: name.split(".")[2]
        for name in GRAPH
        if name.startswith(f"{CLI}.operate.") and name.count(".") > 1
    }
    wrong = [
        f"{name} imports {other}"
        for name, folder in folders.items()
        for other in GRAPH[name]
        if folders.get(other, folder) != folder
    ]
    assert wrong == []


def test_no_two_modules_import_each_other() -> None:
    """Not for type checkers, not inside a function, and not by way of others."""
    assert circles(GRAPH) == []


def test_pure_rooms_import_pure_rooms() -> None:
    """Besides each other they need attrs and a few modules of the standard library that do no I/O."""
    wrong = [
        f"{name} imports {imported}"
        for name, path in modules().items()
        if name.startswith(LIBRARY) and room(name) in PURE
        for imported in imported_names(name, path)
        if imported.partition(".")[0] not in PURE_NEEDS
        and not (imported.startswith(LIBRARY) and room(imported) in PURE)
    ]
    assert wrong == []
    for name, path in modules().items():
        if name.startswith(LIBRARY) and room(name) in PURE:
            assert not re.search(r"\.(now|utcnow|today)\(", path.read_text(encoding="utf-8")), name


def test_reading_a_profile_is_a_room_of_its_own() -> None:
    """An app that only reads a profile depends on attrs and on nothing else that is here."""
    reader = {name for name in GRAPH if name.startswith(f"{LIBRARY}.reading")}
    assert {other for name in reader for other in GRAPH[name]} == reader - {f"{LIBRARY}.reading"}


def test_nobody_imports_an_entry_point() -> None:
    """An entry point makes its runtime when it is imported. Lambda alone does that."""
    entries = {f"{LIBRARY}.{name}" for name in ENTRY_POINTS}
    importers = {(name, other) for name, imported in GRAPH.items() for other in imported & entries}
    # The package is what the drift check's handler string names; it loads the entry point when it is asked.
    assert importers == {(f"{LIBRARY}.drift_check", f"{LIBRARY}.drift_check.app")}


@pytest.mark.parametrize("owned", OWNERS)
def test_one_module_owns_what_it_wraps(owned: str) -> None:
    """Whoever else needs it asks that module."""
    importers = {
        name.partition(".")[2]
        for name, path in modules().items()
        if name.startswith(LIBRARY)
        for imported in imported_names(name, path)
        if imported == owned or imported.startswith(f"{owned}.")
    }
    assert importers == OWNERS[owned]


def test_the_drift_check_makes_no_event_handler() -> None:
    """Neither importing its modules nor its entry point loads the event handler's."""
    program = (
        "import sys, stripe_subscription_handler.drift_check.settings\n"
        "assert 'stripe_subscription_handler.drift_check.app' not in sys.modules\n"
        "from stripe_subscription_handler import drift_check\n"
        "assert callable(drift_check.lambda_handler)\n"
        "assert 'stripe_subscription_handler.drift_check.app' in sys.modules\n"
        "assert 'stripe_subscription_handler.app' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=HANDLER)  # noqa: S603 - our own program


def test_handling_an_event_loads_no_operation() -> None:
    """What the function can be asked besides costs no event a moment: neither it nor what it stands on."""
    program = (
        "import sys\n"
        "from stripe_subscription_handler.app import Runtime, handle\n"
        "from stripe_subscription_handler.config import Config\n"
        "from stripe_subscription_handler.dynamodb.store import Store\n"
        "from stripe_subscription_handler.logger import make_logger\n"
        "config = Config(table_name='profiles', sync_table_name='sync')\n"
        "wired = Runtime(Store(None, config), config, make_logger())\n"
        "handle({'id': 'evt_1', 'type': 'coupon.created', 'created': 1}, wired)\n"
        "package = 'stripe_subscription_handler.'\n"
        "found = {name.removeprefix(package) for name in sys.modules if name.startswith(package)}\n"
        "rooms = ('operations.', 'comparison', 'stripe_side.api')\n"
        "loaded = {name for name in found if name.startswith(rooms)}\n"
        "assert loaded == {'operations.names', 'operations.dispatch'}, loaded\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=HANDLER)  # noqa: S603 - our own program
