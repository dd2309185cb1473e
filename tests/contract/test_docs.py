"""What people read names what is there: files, rooms of the house, and headings that links lead to."""

import re
from pathlib import Path

import pytest

from support.checkout import ROOT, TRACKED
from support.imports import modules

PAGES = [ROOT / name for name in TRACKED if name.endswith(".md") and name != "CHANGELOG.md"]
FILE = re.compile(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|tf|hcl|tfvars|toml|yml))`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
MADE_BY_THE_READER = {"backend.tf"}


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_names_files_that_are_there(page: Path) -> None:
    """By a path from the root or from the page, or by a name that some file has."""
    named = set(FILE.findall(page.read_text(encoding="utf-8"))) - MADE_BY_THE_READER
    missing = {
        name for name in named if not any(path == name or path.endswith(f"/{name}") for path in TRACKED)
    }
    assert missing == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_to_what_is_there(page: Path) -> None:
    """The file, and the heading in it."""
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), target
        assert not anchor or anchor in headings(path), f"{target}#{anchor}"


def test_the_map_of_the_house_names_every_room() -> None:
    """CONTRIBUTING.md shows both packages' rooms."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## The house")[2]
    shown = set(re.findall(r"[\w]+", text.partition("```\n")[2].partition("\n```")[0]))
    rooms = {name.split(".")[1] for name in modules() if "." in name}
    assert rooms <= shown
