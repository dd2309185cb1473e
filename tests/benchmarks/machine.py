"""What a run is to be read with: the machine and the versions. Never a host name, a user or a path."""

import os
import platform
from importlib import metadata
from pathlib import Path

_GIB = 1024**3
_PACKAGES = ("attrs", "boto3", "botocore", "stripe")


def machine() -> dict[str, str | int]:
    """Describe this machine."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB),
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
    }


def versions(**others: str) -> dict[str, str]:
    """Name this Python and the packages the handler runs with, and others that matter to a benchmark."""
    return {
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _PACKAGES},
        **others,
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return f"{value.strip()} ({platform.machine()})"
    return platform.processor() or platform.machine()
