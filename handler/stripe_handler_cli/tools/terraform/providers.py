"""Finds an unpacked provider on this machine, for where the registry cannot be reached.

Only looks at directories, to a bounded depth, and remembers what was found. Terraform's own layout is
`<tree>/<registry host>/hashicorp/aws/<version>/<platform>/terraform-provider-aws_v...`; `-plugin-dir` takes
the tree.
"""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

PLUGIN_DIRECTORY_VARIABLE = "STRIPE_HANDLER_TERRAFORM_PLUGIN_DIR"
_PROVIDER = "hashicorp/aws/*/*/terraform-provider-aws_v*"
_MAXIMUM_DEPTH = 4


def usual_roots(environment: Mapping[str, str]) -> list[Path]:
    """Where machines without a registry usually keep providers."""
    home = Path(environment.get("HOME", "/nonexistent"))
    system = ("/usr/local/share", "/usr/share", "/opt", "/var/lib", "/srv")
    return [home / ".terraform.d", home / ".local/share/terraform", *map(Path, system)]


def find_provider_tree(roots: Iterable[Path]) -> Path | None:
    """The first tree below the roots that holds the AWS provider, None when there is none."""
    for root in roots:
        base_depth = len(root.parts)
        for folder, names, _files in os.walk(root):
            directory = Path(folder)
            if "hashicorp" in names and next(directory.glob(_PROVIDER), None) is not None:
                return directory.parent
            if len(directory.parts) - base_depth >= _MAXIMUM_DEPTH:
                names.clear()
            names.sort()
    return None


def provider_tree(environment: Mapping[str, str], roots: Iterable[Path] | None = None) -> Path | None:
    """The tree that the environment names, else the first one found in the usual places."""
    named = environment.get(PLUGIN_DIRECTORY_VARIABLE)
    if named:
        return Path(named)
    return find_provider_tree(usual_roots(environment) if roots is None else roots)


def recall_tree(memory: Path) -> Path | None:
    """The tree that `remember_tree` kept, None when nothing is kept or it is gone."""
    try:
        tree = Path(json.loads(memory.read_text(encoding="utf-8"))["plugin_directory"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return tree if tree.is_dir() else None


def remember_tree(memory: Path, tree: Path) -> None:
    """Keep a tree that worked, so that the registry's time-out is paid once."""
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(json.dumps({"plugin_directory": str(tree)}) + "\n", encoding="utf-8")
