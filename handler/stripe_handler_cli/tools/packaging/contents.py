"""Says which files go into the zip, and under which name. Reads wheels and sources; writes nothing.

The zip holds what runs and what licences ask for: no type stubs, no tests, no installer's records, no
commands, and no native code, which would tie it to one processor.
"""

import tomllib
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from stripe_handler_cli.common.errors import CliError

_LIBRARY = Path("handler/stripe_subscription_handler")
_NATIVE_SUFFIXES = frozenset({".so", ".pyd", ".dylib", ".dll"})
_DROPPED_SUFFIXES = frozenset({".pyi", ".pyc", ".pyo"})
_DROPPED_NAMES = frozenset({"py.typed", ".DS_Store"})
_DROPPED_FOLDERS = frozenset({"__pycache__", "tests"})
_LICENCE_PREFIXES = ("licen", "copying", "notice", "authors")


def find_project_root(start: Path, *, or_else: str = "") -> Path:
    """The nearest directory, from `start` upwards, that is a checkout: a zip is built from sources.

    Args:
        or_else: What else the command at hand takes, for the message.

    Raises:
        CliError: There is none.
    """
    resolved = start.resolve()
    for directory in (resolved, *resolved.parents):
        if (directory / "pyproject.toml").is_file() and (directory / _LIBRARY).is_dir():
            return directory
    raise CliError(
        f"{resolved} is not inside a checkout of stripe-subscription-handler: run this command in one"
        f"{or_else}"
    )


def wheel_files(wheel: Path) -> dict[str, bytes]:
    """What the zip takes from one wheel: archive name to content."""
    files = {}
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            name = installed_name(info.filename)
            if info.is_dir() or name is None:
                continue
            if PurePosixPath(name).suffix in _NATIVE_SUFFIXES:
                raise CliError(f"{wheel.name} holds native code ({name}); the zip takes pure wheels only")
            files[name] = archive.read(info)
    return files


def installed_name(member: str) -> str | None:
    """The name under which a wheel's member stands in the zip; None leaves it out."""
    path = PurePosixPath(member)
    top = path.parts[0]
    if top.endswith(".data"):
        # <name>.data/purelib/... is installed beside the packages; scripts, headers and data are not code.
        inside = path.parts[1:]
        return installed_name("/".join(inside[1:])) if inside[0] in {"purelib", "platlib"} else None
    if top.endswith(".dist-info"):
        return member if _is_kept_metadata(path) else None
    is_dropped = (
        path.suffix in _DROPPED_SUFFIXES
        or path.name in _DROPPED_NAMES
        or _DROPPED_FOLDERS.intersection(path.parts)
    )
    return None if is_dropped else member


def library_files(project_root: Path) -> dict[str, bytes]:
    """The library's own part of the zip: its sources, its metadata and its licence."""
    sources = project_root / _LIBRARY
    files = {}
    for path in sorted(sources.rglob("*")):
        member = path.relative_to(sources.parent).as_posix()
        if path.is_file() and installed_name(member) is not None:
            files[member] = path.read_bytes()
    table = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    folder = f"{table['name'].replace('-', '_')}-{table['version']}.dist-info"
    files[f"{folder}/METADATA"] = _metadata(table).encode()
    files[f"{folder}/licenses/LICENSE"] = (project_root / "LICENSE").read_bytes()
    return files


def _is_kept_metadata(path: PurePosixPath) -> bool:
    # METADATA answers importlib.metadata.version(); licences must travel with the code they cover.
    licences = (part.lower().startswith(_LICENCE_PREFIXES) for part in path.parts[1:])
    return path.name == "METADATA" or any(licences)


def _metadata(table: dict[str, Any]) -> str:
    return (
        "Metadata-Version: 2.4\n"
        f"Name: {table['name']}\n"
        f"Version: {table['version']}\n"
        f"Summary: {table['description']}\n"
        f"License-Expression: {table['license']}\n"
        "License-File: LICENSE\n"
    )
