"""Run by the benchmarks' venv: where its distributions lie, as JSON. `distributions.py NAME…`.

`runtime` is boto3 and what it brings; `usual` is what the named ones bring besides.
"""

import json
import platform
import re
import sys
from importlib import metadata


def closure(name: str, seen: set[str]) -> set[str]:
    """Collect a distribution and everything it brings, extras aside."""
    seen.add(name)
    for line in metadata.requires(name) or ():
        other = re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", line).group()).lower()
        if "extra ==" not in line and other not in seen:
            try:
                metadata.distribution(other)
            except metadata.PackageNotFoundError:
                continue
            closure(other, seen)
    return seen


def top_level(names: set[str]) -> list[str]:
    """List the packages and modules that distributions install."""
    found = set()
    for name in names:
        for file in metadata.files(name) or ():
            if ".." not in file.parts and file.parts[0] != "__pycache__":
                path = file.locate()
                found.add(str(path.parents[len(file.parts) - 2] if len(file.parts) > 1 else path))
    return sorted(found)


def main() -> None:
    """Write what was found."""
    runtime = closure("boto3", set())
    usual = set().union(*(closure(name, set()) for name in sys.argv[1:])) - runtime
    versions = {name: metadata.version(name) for name in ("boto3", "botocore", *sys.argv[1:])}
    versions["python"] = platform.python_version()
    found = {"runtime": top_level(runtime), "usual": top_level(usual), "versions": versions}
    sys.stdout.write(json.dumps(found))


main()
