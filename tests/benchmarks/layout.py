"""What Python finds on Lambda, as directories on this machine: the unpacked zip, and the runtime's boto3 apart.

The runtime's boto3 and what a usual handler brings come from the benchmarks' venv, compiled, so that every
contender runs on the same files.
"""

import functools
import json
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

import attrs

from benchmarks.setting import STATE, Setting
from stripe_handler_cli.packaging import build_zip
from benchmarks.setting import ROOT

USUAL_PACKAGES = ("aws_lambda_powertools", "pydantic", "stripe")
"""What a usual handler imports besides boto3."""

_PATHS_OF = """
import json, re, sys
from importlib import metadata
def closure(name, seen):
    seen.add(name)
    for line in metadata.requires(name) or ():
        other = re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", line).group()).lower()
        if "extra ==" not in line and other not in seen:
            try: closure(other, seen)
            except metadata.PackageNotFoundError: seen.discard(other)
    return seen
def tops(names):
    return sorted({str(file.locate().parents[len(file.parts) - 2] if len(file.parts) > 1 else file.locate())
        for name in names for file in metadata.files(name)
        if ".." not in file.parts and file.parts[0] != "__pycache__"})
runtime = closure("boto3", set())
usual = set().union(*(closure(name.replace("_", "-"), set()) for name in sys.argv[1:])) - runtime
print(json.dumps({"runtime": tops(runtime), "usual": tops(usual)}))
"""


@attrs.frozen
class Layout:
    """Directories for Python's path.

    Attributes:
        python: The interpreter, of the runtime's version where there is one.
        task: The unpacked zip.
        task_without_bytecode: The same without `.pyc`.
        runtime: boto3 and what it brings.
        usual: What a usual handler brings, compiled.
        usual_without_bytecode: The same without `.pyc`.
    """

    python: Path
    task: Path
    task_without_bytecode: Path
    runtime: Path
    usual: Path
    usual_without_bytecode: Path
