"""What the Lambda zip promises: the same bytes on every build, pure Python, complete beside boto3."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.packaging import trial_run
from stripe_handler_cli.tools.packaging.locked import ONLY_FOR_STRIPE, REPLACED, read_lock
from stripe_handler_cli.tools.packaging.trial import try_files
from stripe_handler_cli.tools.python_versions import RUNTIME_PYTHON, candidate_interpreters, find_interpreter
from stripe_subscription_handler.stripe_side.api import NOT_IN_ZIP
from support.terraform import defaults
from support.zip_builds import ROOT, RUNTIME_HAS, Build, build, distributions_of, top_level_paths

TRIAL = Path(trial_run.__file__)

pytestmark = pytest.mark.xdist_group("zip")  # built once, by one process


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The zip, built once."""
    directory = tmp_path_factory.mktemp("one")
    return build(
        directory / "handler.zip", umask="022", directory=str(directory / "cwd"), TZ="UTC", PYTHONHASHSEED="1"
    )


@pytest.fixture(scope="module")
def names(built: Build) -> list[str]:
    """The zip's entries, in its order."""
    with zipfile.ZipFile(built.path) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def lambda_path(built: Build, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What Python's path holds on Lambda: the unpacked zip, and boto3 with what boto3 brings."""
    directory = tmp_path_factory.mktemp("lambda")
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(directory / "task")
    runtime = directory / "runtime"
    runtime.mkdir()
    for name in distributions_of(RUNTIME_HAS):
        for source in top_level_paths(name):
            if not (runtime / source.name).exists():
                (runtime / source.name).symlink_to(source)
    return [str(directory / "task"), str(runtime)]


def run_as_on_lambda(lambda_path: list[str], code: str, python: Path = Path(sys.executable)) -> str:
    """Run code in an isolated interpreter that sees only the zip and boto3."""
    completed = subprocess.run(  # noqa: S603 - our own code
        [str(python), "-I", "-S", "-B", "-c", f"import sys; sys.path[:0] = {lambda_path!r}\n{code}"],
        env={
            "PATH": os.defpath,
            "DYNAMODB_TABLE_NAME": "profiles",
            "SYNC_TABLE_NAME": "sync",
            "AWS_DEFAULT_REGION": "us-east-1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    return completed.stdout.strip()


def test_every_build_has_the_same_bytes(built: Build, tmp_path: Path) -> None:
    """Time zone, umask, locale, hash seed, directory and out path leave no trace in the zip."""
    other = build(
        tmp_path / "somewhere else.zip",
        umask="077",
        directory=str(tmp_path / "cwd"),
        TZ="Pacific/Kiritimati",
        PYTHONHASHSEED="2",
        LC_ALL="C",
        TMPDIR=str(tmp_path),
    )
    assert other.path.read_bytes() == built.path.read_bytes()
    assert other.report["sha256"] == built.report["sha256"]


def test_the_report_tells_the_truth(built: Build, names: list[str]) -> None:
    """Size, number of files and bytecode are those of the zip."""
    assert built.report["size_bytes"] == built.path.stat().st_size
    assert built.report["file_count"] == len(names)
    compiled = [name for name in names if name.endswith(".pyc")]
    assert bool(compiled) == (built.report["bytecode_python"] is not None)


def test_bytecode_is_there_where_the_runtimes_python_is(built: Build) -> None:
    """A working Python of the runtime's version on this machine is found and used."""
    interpreter = find_interpreter(candidate_interpreters(os.environ))
    assert built.report["bytecode_python"] == (interpreter.version if interpreter else None)


def test_the_runtimes_python_takes_the_bytecode_as_it_is(lambda_path: list[str]) -> None:
    """The runtime's Python loads the handler from bytecode even when the source beside it is useless."""
    interpreter = find_interpreter(candidate_interpreters(os.environ))
    if interpreter is None:
        pytest.skip(f"no working Python {RUNTIME_PYTHON} on this machine")
    task = Path(lambda_path[0])
    source = task / "stripe_subscription_handler" / "events" / "envelope.py"
    text = source.read_text(encoding="utf-8")
    try:
        source.write_text("raise SystemExit('compiled again from source')\n", encoding="utf-8")
        code = "import stripe_subscription_handler.events.envelope as module; print(module.__cached__)"
        assert run_as_on_lambda(lambda_path, code, interpreter.path).endswith(".cpython-313.pyc")
    finally:
        source.write_text(text, encoding="utf-8")


def test_the_handler_imports_with_only_boto3_beside_the_zip(lambda_path: list[str]) -> None:
    """The Lambda entry point imports where nothing but the zip and boto3's set can be seen."""
    code = "import stripe_subscription_handler.app as app; print(app.__file__, callable(app.lambda_handler))"
    path, is_callable = run_as_on_lambda(lambda_path, code).rsplit(" ", 1)
    assert Path(path).is_relative_to(lambda_path[0])
    assert is_callable == "True"


def test_the_bridge_imports_with_only_boto3_beside_the_zip_and_without_stripe(lambda_path: list[str]) -> None:
    """Its entry point neither needs nor loads Stripe's library, nor what the handler decides with."""
    code = (
        "import stripe_subscription_handler.webhook_bridge.app as app\n"
        "loaded = {'stripe', 'requests', 'stripe_subscription_handler.dynamodb.store'} & sys.modules.keys()\n"
        "print(app.__file__, callable(app.lambda_handler), loaded)"
    )
    path, is_callable, loaded = run_as_on_lambda(lambda_path, code).split(" ", 2)
    assert Path(path).is_relative_to(lambda_path[0])
    assert (is_callable, loaded) == ("True", "set()")


def test_stripe_is_asked_with_only_boto3_beside_the_zip(lambda_path: list[str]) -> None:
    """Everything that the function can ask, answered in every way, with the urllib3 of the runtime."""
    code = (
        "from pathlib import Path\n"
        f"program = {{}}; exec(Path({str(TRIAL)!r}).read_text('utf-8'), program)\n"
        "tried = program['ask_all']()\n"
        "import stripe, urllib3\n"
        "print(tried > 500, 'requests' in sys.modules, stripe.__file__, urllib3.__file__, sep='|')"
    )
    tried, requests, stripe, urllib3 = run_as_on_lambda(lambda_path, code).split("|")
    assert (tried, requests) == ("True", "False")
    assert Path(stripe).is_relative_to(lambda_path[0])
    assert Path(urllib3).is_relative_to(lambda_path[1])


def test_an_object_in_an_error_would_be_missed(lambda_path: list[str], tmp_path: Path) -> None:
    """So `stripe` is handed none; where it is, the build's own trial fails, and says what is missing."""
    task = tmp_path / "task"
    shutil.copytree(lambda_path[0], task, ignore=shutil.ignore_patterns("__pycache__"))
    client = task / "stripe_subscription_handler" / "stripe_side" / "unparsed.py"
    text = client.read_text(encoding="utf-8")
    assert text.count("body = without_objects(body)") == 1
    client.write_text(text.replace("body = without_objects(body)", "pass"), encoding="utf-8")
    files = {
        path.relative_to(task).as_posix(): path.read_bytes() for path in task.rglob("*") if path.is_file()
    }
    with pytest.raises(CliError, match=r"No module named 'stripe\._(payment_intent|account)'"):
        try_files(files, with_stripe=True)


def test_what_goes_of_stripe_is_what_it_looks_up_by_name(names: list[str]) -> None:
    """Its client and its errors are there, with its certificates; Stripe's objects and services are not."""
    held = {name for name in names if name.startswith("stripe/")}
    needed = {"_stripe_client", "_http_client", "_error", "_error_object", "_stripe_object", "oauth_error"}
    assert {f"stripe/{name}.py" for name in needed} | {"stripe/data/ca-certificates.crt"} <= held
    assert not held & {
        "stripe/_subscription.py",
        "stripe/_subscription_service.py",
        "stripe/params/__init__.py",
    }


def test_the_zip_knows_its_version(lambda_path: list[str]) -> None:
    """On Lambda, the library's metadata gives the version that pyproject.toml states."""
    code = "from importlib.metadata import version; print(version('stripe-subscription-handler'))"
    assert run_as_on_lambda(lambda_path, code) == project()["version"]


def test_what_the_runtime_has_stays_out(names: list[str]) -> None:
    """No package that comes with boto3 is in the zip, nor is our command line."""
    held = {name.split("/")[0].split("-")[0].removesuffix(".py") for name in names}
    runtime = {
        path.name.split("-")[0].removesuffix(".py")
        for d in distributions_of(RUNTIME_HAS)
        for path in top_level_paths(d)
    }
    assert {"boto3", "botocore", "urllib3", "jmespath", "s3transfer", "six"} <= runtime
    assert not held & (runtime | {"stripe_handler_cli", "click", "rich"})


def test_only_pure_python_and_data_go_in(names: list[str]) -> None:
    """No native code, no tests, no stubs, no installer's records."""
    assert not [
        name for name in names if re.search(r"\.(so|pyd|dylib|pyi)(\.|$)|/tests/|/(RECORD|INSTALLER)$", name)
    ]
    assert names == sorted(set(names))


def test_every_package_brings_its_licence(names: list[str]) -> None:
    """Each package of the zip has a licence text in its metadata folder."""
    folders = {name.split("/")[0] for name in names if ".dist-info/" in name}
    licensed = {
        name.split("/")[0] for name in names if re.search(r"\.dist-info/.*licen[cs]e", name, re.IGNORECASE)
    }
    assert licensed == folders
    locked = {wheel.name for wheel in read_lock(ROOT / "requirements/handler.txt")}
    held = {canonicalize_name(folder.split("-")[0]) for folder in folders}
    assert held == (locked - REPLACED) | {"stripe-subscription-handler"}


def test_the_zips_requirements_are_the_librarys_without_boto3() -> None:
    """handler.in names exactly what pyproject.toml says the library needs, boto3 and what it brings aside."""
    brought = distributions_of(RUNTIME_HAS)
    wanted = {one for one in project()["dependencies"] if re.split("[<>=]", one)[0] not in brought}
    lines = (ROOT / "requirements/handler.in").read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if line and not line.startswith("#")} == wanted


def test_the_lock_names_every_package_that_the_library_brings() -> None:
    """What is installed for the library, less what boto3 brings, is what the lock lists."""
    needed: frozenset[str] = frozenset()
    for requirement in project()["dependencies"]:
        needed |= distributions_of(re.split(r"[<>=!~ ]", requirement)[0])
    locked = {wheel.name for wheel in read_lock(ROOT / "requirements/handler.txt")}
    assert locked == needed - distributions_of(RUNTIME_HAS)


def test_terraform_runs_the_python_that_the_bytecode_is_for() -> None:
    """The stack's default runtime is the version whose bytecode the zip holds."""
    assert defaults("lambda_runtime") == {"lambda_runtime": f"python{RUNTIME_PYTHON}"}


def test_the_zips_requirements_name_no_place() -> None:
    """Requirements hold names, versions and hashes: no index, no machine's path."""
    for path in (ROOT / "requirements").iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"://|--index|--find-links|--extra-index|^-[ief]", text, re.MULTILINE), path


def project() -> dict[str, Any]:
    """Return the project table of pyproject.toml."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    table: dict[str, Any] = document["project"]
    return table


@pytest.fixture(scope="module")
def without_stripe(lambda_path: list[str], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The same path with the zip of `--without-stripe`."""
    directory = tmp_path_factory.mktemp("without_stripe")
    options = ("--without-stripe", "--no-bytecode")
    smaller = build(directory / "handler.zip", *options, umask="022", directory=str(directory / "cwd"))
    assert smaller.report["has_stripe"] is False
    with zipfile.ZipFile(smaller.path) as archive:
        archive.extractall(directory / "task")
    return [str(directory / "task"), lambda_path[1]]


def test_without_stripe_nothing_is_left_that_only_stripe_needs() -> None:
    """The list of what is left out, by the metadata of the packages themselves."""

    def needed(name: str) -> frozenset[str]:
        found = frozenset({canonicalize_name(name)})
        for text in metadata.requires(name) or ():
            requirement = Requirement(text)
            environment = {"python_version": RUNTIME_PYTHON, "extra": ""}
            if requirement.marker is None or requirement.marker.evaluate(environment):
                found |= needed(requirement.name)
        return found

    roots = [Requirement(text).name for text in project()["dependencies"]]
    others = frozenset[str]().union(*(needed(name) for name in roots if name != "stripe"))
    assert needed("stripe") - others == ONLY_FOR_STRIPE


def test_without_stripe_a_function_without_a_key_is_complete(without_stripe: list[str]) -> None:
    """The entry point imports and wires itself; of Stripe there is nothing to be imported."""
    code = (
        "import stripe_subscription_handler.app as app, importlib.util as found\n"
        "print(app.runtime().store.stripe, [found.find_spec(name) for name in ('stripe', 'requests')])"
    )
    assert run_as_on_lambda(without_stripe, code) == "None [None, None]"
    task = Path(without_stripe[0])
    locked = {wheel.name for wheel in read_lock(ROOT / "requirements/handler.txt")}
    held = {canonicalize_name(path.name.split("-")[0]) for path in task.glob("*.dist-info")}
    assert held == (locked - ONLY_FOR_STRIPE) | {"stripe-subscription-handler"}


def test_without_stripe_a_configured_key_is_an_error_that_says_what_to_do(without_stripe: list[str]) -> None:
    """At the first question, not before: events that ask nothing are applied as ever."""
    code = (
        "import os\n"
        "os.environ['STRIPE_SECRET_KEY'] = 'rk_test_1'\n"
        "import stripe_subscription_handler.app as app\n"
        "stripe = app.runtime().store.stripe\n"
        "stripe.remaining_seconds = lambda: 30.0\n"
        "try:\n"
        "    stripe.fetch_subscription('sub_1')\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)"
    )
    assert run_as_on_lambda(without_stripe, code) == f"ConfigError {NOT_IN_ZIP}"
