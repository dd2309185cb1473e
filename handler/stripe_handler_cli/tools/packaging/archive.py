"""Writes a zip whose bytes depend on nothing but names and contents: no clock, no umask, no walk order."""

import os
import stat
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

# The earliest date a zip can hold; any fixed date would do.
_DATE_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = stat.S_IFREG | 0o644


def write_archive(files: Mapping[str, bytes], out: Path) -> None:
    """Write the files to `out`, sorted by name; the old zip stays in place until the new one is whole."""
    out.parent.mkdir(parents=True, exist_ok=True)
    descriptor, scratch = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name in sorted(files):
                info = zipfile.ZipInfo(name, date_time=_DATE_TIME)
                info.create_system = 3  # Unix
                info.external_attr = _MODE << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, files[name], compresslevel=9)
        # mkstemp makes a file that only its owner can read.
        Path(scratch).chmod(0o644)
        Path(scratch).replace(out)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
