"""The parts of the zip build that need no network: the lock, what goes in, the archive, the interpreter."""

import marshal
import os
import zipfile
from pathlib import Path
from typing import Any, ClassVar

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.packaging import find_project_root
from stripe_handler_cli.tools.packaging.archive import write_archive
from stripe_handler_cli.tools.packaging.bytecode_run import compiled
from stripe_handler_cli.tools.packaging.bytecode_run import main as compile_all
from stripe_handler_cli.tools.packaging.contents import installed_name, library_files, wheel_files
from stripe_handler_cli.tools.packaging.locked import LockedWheel, format_lock, parse_lock
from stripe_handler_cli.tools.packaging.reachable import unreachable
from stripe_handler_cli.tools.packaging.trial import try_files
from stripe_handler_cli.tools.packaging.wheels import fetch_wheels, sha256_of
from stripe_handler_cli.tools.python_versions import candidate_interpreters, find_interpreter

HASH = "0" * 64


def executable(path: Path, script: str) -> Path:
    """Write a shell script that stands for an interpreter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def wheel(directory: Path, members: dict[str, str], name: str = "thing-1.0-py3-none-any.whl") -> Path:
    """Write a wheel with the given members."""
    with zipfile.ZipFile(directory / name, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return directory / name


class TestLock:
    """The list of wheels."""

    def test_what_is_written_is_read_back_sorted(self) -> None:
        """A lock reads back as it was written, sorted by name."""
        wheels = [LockedWheel(name=name, version="1.0", sha256=HASH) for name in ("b", "a")]
        assert [wheel.name for wheel in parse_lock(format_lock(wheels))] == ["a", "b"]

    @pytest.mark.parametrize(
        "line",
        [
            "attrs>=24.2",
            "attrs==26.1.0",
            f"attrs==26.1.0 --hash=sha256:{HASH} --hash=sha256:{HASH}",
            f"attrs==26.1.0 --hash=md5:{HASH}",
        ],
    )
    def test_a_line_that_does_not_name_exactly_one_file_is_refused(self, line: str) -> None:
        """Only one exact version with one SHA-256 hash says which bytes go into the zip."""
        with pytest.raises(CliError, match="line 1 of the zip's requirements"):
            parse_lock(line)


class TestWheels:
    """Wheels that are kept between builds."""

    def test_a_kept_wheel_is_used_without_network(self, tmp_path: Path) -> None:
        """A file with the locked hash is taken as it is; nothing is downloaded."""
        kept = wheel(tmp_path, {"thing.py": "x = 1"})
        lock = [LockedWheel(name="thing", version="1.0", sha256=sha256_of(kept))]
        said: list[str] = []
        assert fetch_wheels(lock, tmp_path, said.append) == [kept]
        assert said == []


class TestContents:
    """Which files of a wheel go into the zip."""

    @pytest.mark.parametrize(
        "member",
        [
            "stripe/_client.py",
            "stripe/test_helpers/_test_clock.py",
            "stripe/data/ca-certificates.crt",
            "attrs-26.1.0.dist-info/METADATA",
            "attrs-26.1.0.dist-info/licenses/LICENSE",
            "thing-1.0.dist-info/COPYING.txt",
        ],
    )
    def test_what_runs_and_what_licences_ask_for_goes_in(self, member: str) -> None:
        """Code, data, metadata and licences keep their names."""
        assert installed_name(member) == member

    @pytest.mark.parametrize(
        "member",
        [
            "attr/__init__.pyi",
            "attr/py.typed",
            "certifi/tests/test_certify.py",
            "thing/__pycache__/thing.cpython-313.pyc",
            "attrs-26.1.0.dist-info/RECORD",
            "attrs-26.1.0.dist-info/WHEEL",
            "attrs-26.1.0.dist-info/entry_points.txt",
            "thing-1.0.data/scripts/thing",
        ],
    )
    def test_what_nothing_reads_at_run_time_stays_out(self, member: str) -> None:
        """Stubs, tests, foreign bytecode, installer's records and scripts are left out."""
        assert installed_name(member) is None

    def test_a_wheels_library_data_is_installed_beside_the_packages(self) -> None:
        """`purelib` members lose the wheel's own folder."""
        assert installed_name("thing-1.0.data/purelib/thing.py") == "thing.py"

    def test_native_code_is_refused(self, tmp_path: Path) -> None:
        """A wheel with a compiled module stops the build and is named."""
        native = wheel(tmp_path, {"thing/md.cpython-313-x86_64-linux-gnu.so": ""})
        with pytest.raises(CliError, match=r"thing-1\.0-py3-none-any\.whl holds native code"):
            wheel_files(native)


class TestReachable:
    """Which modules of a package the rest of the zip can import."""

    FILES: ClassVar = {
        "big/__init__.py": "_import_map = {'Client': ('big._client', False), 'Thing': ('big._thing', False)}",
        "big/_client.py": "from typing import TYPE_CHECKING\nfrom . import _base\n"
        "if TYPE_CHECKING:\n    from big._types import Types\nelse:\n    import big._typeless\n"
        "def late():\n    from big._late import it",
        "big/_base.py": "import os, big.sub._deep",
        "big/_late.py": "import big\nbig.Answer",
        "big/_types.py": "",
        "big/_typeless.py": "",
        "big/_thing.py": "",
        "big/_other.py": "import big._client",
        "big/sub/__init__.py": "",
        "big/sub/_deep.py": "from .. import _relative",
        "big/sub/_never.py": "",
        "big/_relative.py": "",
        "big/data/list.txt": "big._never",
        "ours/use.py": "import big\nbig.Client()",
    }

    def unreachable(self, **changed: str) -> set[str]:
        """What of `big` goes, by its last name."""
        files = {**self.FILES, "ours/use.py": changed.get("use", self.FILES["ours/use.py"])}
        found = unreachable({name: text.encode() for name, text in files.items()}, "big")
        return {Path(name).stem for name in found}

    def test_what_an_import_statement_names_stays(self) -> None:
        """At the top or in a function, relative or not, and the packages around it; data too."""
        assert self.unreachable() == {"_types", "_thing", "_other", "_never"}

    def test_what_our_sources_read_of_the_package_counts_by_its_table(self) -> None:
        """As an attribute, or imported from it."""
        assert "_thing" not in self.unreachable(use="import big\nbig.Thing")
        assert "_thing" not in self.unreachable(use="from big import Thing")
        assert "_client" in self.unreachable(use="from big import Thing")

    def test_a_package_that_nobody_imports_goes_but_for_itself_and_its_data(self) -> None:
        """Its table is read all the same."""
        files = {name: text.encode() for name, text in self.FILES.items() if name != "ours/use.py"}
        modules = {name for name in files if name.endswith(".py")}
        assert unreachable(files, "big") == modules - {"big/__init__.py"}


class TestTrial:
    """What is tried before it is zipped."""

    def test_a_file_that_is_missing_is_named(self) -> None:
        """Here of our own: the library imports it."""
        files = library_files(find_project_root(Path(__file__)))
        del files["stripe_subscription_handler/events/envelope.py"]
        with pytest.raises(CliError, match=r"not be whole.*\n.*No module named"):
            try_files(files, with_stripe=False)


class TestBytecode:
    """What the runtime's Python is handed beside the sources."""

    SOURCE = b'"""Of the module."""\nclass A:\n    """Of the class."""\n    x = "kept"\n    def f(self):\n\
        """Of the function."""\n\n\ndef broken():\n    """More."""\n    assert A.x == "lost"\n'

    def test_docstrings_stay_in_the_source_alone(self) -> None:
        """Everything else does what it did: an assertion too, and lines keep their numbers."""
        content = compiled(self.SOURCE, "/var/task/thing.py")
        for text in (b"Of the module", b"Of the class", b"Of the function", b"More."):
            assert text not in content
        names: dict[str, Any] = {}
        exec(marshal.loads(content[16:]), names)  # noqa: S302, S102 - of the line above
        assert (names["A"]().f(), names["A"].x, names["A"].__doc__) == (None, "kept", None)
        with pytest.raises(AssertionError) as caught:
            names["broken"]()
        frame = caught.traceback[-1].frame
        assert (frame.code.raw.co_filename, caught.traceback[-1].lineno) == ("/var/task/thing.py", 11 - 1)

    def test_a_source_that_is_none_is_named(self, tmp_path: Path) -> None:
        """By its place in the zip and the line."""
        (tmp_path / "wrong.py").write_text("x = 1\nx =\n", encoding="utf-8")
        with pytest.raises(SystemExit, match=r"wrong\.py, line 2"):
            compile_all(str(tmp_path), "/var/task")


class TestArchive:
    """The zip itself."""

    def test_order_of_files_and_umask_do_not_show(self, tmp_path: Path) -> None:
        """The same files in another order and under another umask give the same bytes."""
        write_archive({"b.py": b"2", "a.py": b"1"}, tmp_path / "one.zip")
        previous = os.umask(0o077)
        try:
            write_archive({"a.py": b"1", "b.py": b"2"}, tmp_path / "two.zip")
        finally:
            os.umask(previous)
        assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()

    def test_files_are_readable_by_the_function(self, tmp_path: Path) -> None:
        """Every entry is a regular file that everyone may read: Lambda runs as another user."""
        write_archive({"a.py": b"1"}, tmp_path / "one.zip")
        with zipfile.ZipFile(tmp_path / "one.zip") as archive:
            assert [oct(info.external_attr >> 16) for info in archive.infolist()] == ["0o100644"]

    def test_a_failed_build_leaves_the_old_zip_and_nothing_else(self, tmp_path: Path) -> None:
        """The old zip is replaced only by a whole one."""
        out = tmp_path / "handler.zip"
        write_archive({"a.py": b"1"}, out)
        before = out.read_bytes()
        with pytest.raises(TypeError):
            write_archive({"a.py": b"1", "b.py": None}, out)  # type: ignore[dict-item]
        assert out.read_bytes() == before
        assert list(tmp_path.iterdir()) == [out]


class TestInterpreter:
    """Which Python compiles for the runtime."""

    def test_a_name_on_path_that_does_not_run_is_passed_over(self, tmp_path: Path) -> None:
        """A version manager's stub exits with an error; the next candidate is tried."""
        stub = executable(tmp_path / "shims/python3.13", "echo 'command not found' >&2; exit 127")
        works = executable(tmp_path / "bin/python3.13", "echo cpython final 0 3.13.4")
        found = find_interpreter([tmp_path / "missing", stub, works])
        assert found is not None
        assert (found.path, found.version) == (works, "3.13.4")

    @pytest.mark.parametrize(
        "answer",
        [
            "cpython final 0 3.12.1",
            "cpython candidate 0 3.13.0",
            "cpython final 1 3.13.4",
            "pypy final 0 3.13.4",
        ],
        ids=["another version", "a pre-release", "free-threaded", "another implementation"],
    )
    def test_a_python_with_other_bytecode_is_passed_over(self, tmp_path: Path, answer: str) -> None:
        """Only a released, ordinary CPython of the runtime's version compiles what the runtime reads."""
        assert find_interpreter([executable(tmp_path / "python3.13", f"echo {answer}")]) is None

    def test_version_managers_are_searched_newest_first(self, tmp_path: Path) -> None:
        """An interpreter that is installed but not on PATH is found in its version manager's directory."""
        for version in ("3.13.0", "3.13.4", "3.12.1"):
            executable(tmp_path / f"versions/{version}/bin/python3.13", "exit 1")
        places = candidate_interpreters({"PYENV_ROOT": str(tmp_path), "HOME": str(tmp_path / "home")})
        found = [path.relative_to(tmp_path).parts[1] for path in places if path.is_relative_to(tmp_path)]
        assert found == ["3.13.4", "3.13.0"]


def test_a_directory_outside_a_checkout_is_refused(tmp_path: Path) -> None:
    """The zip is built from sources; elsewhere the message says where to run it."""
    with pytest.raises(CliError, match="is not inside a checkout"):
        find_project_root(tmp_path)
