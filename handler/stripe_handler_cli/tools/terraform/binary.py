"""Finds Terraform on PATH, or fetches the pinned release and checks it against a checksum kept here.

May read PATH and use the network. The checksums are part of the code, so that what is fetched is what
this project was tested with, whatever the download host says.
"""

import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.terraform.process import child_environment

PINNED_VERSION = "1.11.4"
RELEASE_SHA256 = {
    "darwin_amd64": "a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b",
    "darwin_arm64": "867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18",
    "linux_amd64": "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
    "linux_arm64": "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
}
_PROCESSORS = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_PROGRESS_BYTES = 5 << 20
_TIMEOUT_SECONDS = 30
_INSTALL_HINT = "install Terraform 1.11 or newer (see HashiCorp's install page) and put it on PATH"


def find_terraform(
    cache_directory: Path,
    *,
    progress: Callable[[str], None] = lambda _: None,
    environment: Mapping[str, str] = os.environ,
    fetch: Callable[[str, Callable[[str], None]], bytes] | None = None,
) -> Path:
    """A Terraform of version 1.11 or newer; the pinned release is fetched where there is none.

    Args:
        cache_directory: Where a fetched Terraform is kept.
        fetch: Returns the bytes behind an address; the default uses the network.

    Raises:
        CliError: None is on PATH and the pinned release cannot be fetched or has the wrong checksum.
    """
    on_path = shutil.which("terraform", path=environment.get("PATH", os.defpath))
    if on_path is not None:
        version = terraform_version(Path(on_path))
        if version is not None and version >= (1, 11):
            return Path(on_path).absolute()
        progress(f"Terraform on PATH ({on_path}) is older than 1.11 or does not run")
    cached = cache_directory.resolve() / f"terraform-{PINNED_VERSION}" / "terraform"
    if not (cached.is_file() and terraform_version(cached) is not None):
        _install(cached, platform_name(platform.system(), platform.machine()), fetch or _download, progress)
    return cached


def terraform_version(executable: Path) -> tuple[int, ...] | None:
    """The version an executable answers with; None when it is not a working Terraform."""
    try:
        told = subprocess.check_output(  # noqa: S603 - the point is to see whether it runs
            [executable, "version", "-json"],
            env=child_environment({}),
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_SECONDS,
        )
        match = re.match(r"(\d+)\.(\d+)\.(\d+)", json.loads(told)["terraform_version"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return None
    return tuple(map(int, match.groups())) if match else None


def platform_name(system: str, machine: str) -> str:
    """HashiCorp's name of a platform for which a release is pinned, for example `linux_amd64`."""
    name = f"{system.lower()}_{_PROCESSORS.get(machine.lower(), machine.lower())}"
    if name not in RELEASE_SHA256:
        raise CliError(f"Terraform is not on PATH and none is pinned for {name}: {_INSTALL_HINT}")
    return name


def _install(
    target: Path,
    name: str,
    fetch: Callable[[str, Callable[[str], None]], bytes],
    progress: Callable[[str], None],
) -> None:
    url = f"https://releases.hashicorp.com/terraform/{PINNED_VERSION}/terraform_{PINNED_VERSION}_{name}.zip"
    progress(f"Fetching Terraform {PINNED_VERSION} for {name}")
    content = fetch(url, progress)
    found = hashlib.sha256(content).hexdigest()
    if found != RELEASE_SHA256[name]:
        raise CliError(
            f"{url} has the SHA-256 checksum {found}, not {RELEASE_SHA256[name]}: it was not used. "
            f"Try again, or {_INSTALL_HINT}"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".terraform.{os.getpid()}")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        scratch.write_bytes(archive.read("terraform"))
    scratch.chmod(0o755)
    scratch.replace(target)
    progress(f"Terraform {PINNED_VERSION} is in {target}, its checksum is right")


def _download(url: str, progress: Callable[[str], None]) -> bytes:
    chunks = []
    received_bytes = 0
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - a fixed https address
            total = int(response.headers.get("Content-Length") or 0)
            while chunk := response.read(_PROGRESS_BYTES):
                chunks.append(chunk)
                received_bytes += len(chunk)
                if len(chunk) == _PROGRESS_BYTES:
                    progress(f"  {received_bytes >> 20} of {total >> 20} MiB")
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise CliError(
            f"Terraform is not on PATH and {url} could not be fetched ({reason}): {_INSTALL_HINT}"
        ) from error
    return b"".join(chunks)
