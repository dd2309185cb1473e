"""docs/performance.md: the text stays as it is written, what stands between markers is replaced. Pure.

`<!-- benchmark NAME -->` begins a section, `<!-- end of NAME -->` ends it.
"""

import re
from collections.abc import Mapping


def filled(page: str, sections: Mapping[str, str]) -> str:
    """Put each section between its markers.

    Args:
        page: The page as it is.
        sections: Benchmark → Markdown; a section left out stays as it is.

    Raises:
        ValueError: The page has no markers for a section.
    """
    for name, section in sections.items():
        begin, end = markers(name)
        pattern = re.compile(f"({re.escape(begin)}\n).*?({re.escape(end)})", re.DOTALL)
        page, found = pattern.subn(lambda match: f"{match[1]}\n{section}\n\n{match[2]}", page)  # noqa: B023 - called at once
        if found != 1:
            raise ValueError(f"the page must have the markers of {name} exactly once")
    return page


def markers(name: str) -> tuple[str, str]:
    """The comments around a benchmark's section."""
    return f"<!-- benchmark {name} -->", f"<!-- end of {name} -->"
