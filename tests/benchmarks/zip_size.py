"""The Lambda zip: how large, of what, how long it takes to build, and whether the surroundings change it."""

import re
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

from benchmarks.result import Result, measured
from benchmarks.setting import Setting
from benchmarks.tables import measured_with, table
from stripe_handler_cli.tools.packaging.archive import write_archive
from support.zip_builds import RUNTIME_HAS, build, distributions_of

NAME = "zip_size"
_KIB = 1024
_STRIPE = "stripe"
_LIBRARY = "stripe_subscription_handler"
_USUAL = {"umask": "022", "TZ": "UTC", "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8"}
CHANGES = {
    "umask": {"umask": "077"},
    "time zone": {"TZ": "Pacific/Kiritimati"},
    "locale": {"LC_ALL": "C"},
    "hash seed": {"PYTHONHASHSEED": "2"},
}
"""What is changed, one at a time; every build has a directory and an out path of its own besides."""


def run(setting: Setting) -> Result:
    """Build the zip in several surroundings, and again without bytecode."""
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        builds, seconds = {}, []
        for label, changes in {"usual": {}, **CHANGES}.items():
            setting.say(f"building: {label}")
            place = directory / label
            started = time.perf_counter()
            builds[label] = build(
                place / f"{label}.zip", **{**_USUAL, **changes, "directory": str(place / "cwd")}
            )
            seconds.append(time.perf_counter() - started)
        bare = build(
            directory / "bare.zip", "--no-bytecode", **_USUAL, directory=str(directory / "bare" / "cwd")
        )
        usual = builds["usual"]
        facts = {
            "bytecode_python": usual.report["bytecode_python"],
            "size_bytes": usual.report["size_bytes"],
            "unpacked_size_bytes": usual.report["unpacked_size_bytes"],
            "file_count": usual.report["file_count"],
            "size_bytes_without_bytecode": bare.report["size_bytes"],
            "size_bytes_without_stripe": _size_without(usual.path, _only_stripe_brings(), directory),
            "compressed_bytes": _by_package(usual.path),
            "same_bytes": {
                label: one.path.read_bytes() == usual.path.read_bytes()
                for label, one in builds.items()
                if label != "usual"
            },
        }
    # The first build may have to download wheels.
    return setting.result(NAME, measurements=measured({"building": seconds[1:]}, "s"), facts=facts)


def _only_stripe_brings() -> frozenset[str]:
    kept = distributions_of("attrs") | distributions_of(RUNTIME_HAS)
    return distributions_of(_STRIPE) - kept


def _package(name: str) -> str:
    # A package, its metadata folder, or a module: `idna/core.py`, `idna-3.1.dist-info/METADATA`, and
    # `typing_extensions.py` with its `__pycache__/typing_extensions.cpython-313.pyc`.
    return re.match(r"(?:__pycache__/)?(\w+)", name)[1]


def _size_without(path: Path, dropped: frozenset[str], directory: Path) -> int:
    packages = {name.replace("-", "_") for name in dropped}
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist() if _package(name) not in packages}
    out = directory / "without.zip"
    write_archive(kept, out)
    return out.stat().st_size


def _by_package(path: Path) -> dict[str, int]:
    sizes: Counter[str] = Counter()
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            sizes[_package(info.filename)] += info.compress_size
    return dict(sizes.most_common())


def section(result: Result) -> str:
    """Write what the zip is made of."""
    facts = result.facts
    building = result.measurements[0].summary
    unchanged = [label for label, same in facts["same_bytes"].items() if same]
    changed = [label for label, same in facts["same_bytes"].items() if not same]
    rows = [
        ["size", _kib(facts["size_bytes"])],
        ["unpacked", _kib(facts["unpacked_size_bytes"])],
        ["files", f"{facts['file_count']:,}"],
        ["size without bytecode", _kib(facts["size_bytes_without_bytecode"])],
        ["size without stripe and what only it needs", _kib(facts["size_bytes_without_stripe"])],
        ["time to build, wheels at hand", f"{building.median:.1f} s"],
        ["same bytes with another directory and another", ", ".join(unchanged) or "nothing"],
    ]
    if changed:
        rows.append(["**other bytes** with another", ", ".join(changed)])
    packages = [
        [f"`{name}`{' (ours)' if name == _LIBRARY else ''}", _kib(size)]
        for name, size in facts["compressed_bytes"].items()
    ]
    parts = table(["the zip", ""], rows), table(["of it", "compressed"], packages)
    return "\n\n".join([*parts, measured_with(result)])


def _kib(size_bytes: int) -> str:
    return f"{size_bytes / _KIB:,.0f} KiB"
