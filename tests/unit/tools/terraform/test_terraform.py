"""Finding, fetching and running Terraform, with small stand-ins for the executable and the download host."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.tools.terraform.binary import (
    RELEASE_SHA256,
    find_terraform,
    platform_name,
    terraform_version,
)
from stripe_handler_cli.tools.terraform.check import foreign_providers
from stripe_handler_cli.tools.terraform.process import child_environment, run
from stripe_handler_cli.tools.terraform.providers import (
    PLUGIN_DIRECTORY_VARIABLE,
    find_provider_tree,
    provider_tree,
    recall_tree,
    remember_tree,
)
from stripe_handler_cli.tools.terraform.working_copy import WorkingCopy

TERRAFORM = Path(__file__).parents[4] / "terraform"
NO_REGISTRY = "Error: Failed to query available provider packages"


def script(path: Path, body: str) -> Path:
    """Write an executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def terraform_of(version: str) -> str:
    """Return the body of a script that answers like that version of Terraform."""
    return f"echo '{json.dumps({'terraform_version': version})}'"


def refuse(url: str, _progress: Callable[[str], None]) -> bytes:
    """Fail like a machine without network."""
    raise CliError(f"Terraform is not on PATH and {url} could not be fetched")


class TestFindTerraform:
    """Which Terraform is used."""

    def test_one_on_path_is_used(self, tmp_path: Path) -> None:
        """A recent Terraform on PATH is taken; nothing is fetched."""
        found = script(tmp_path / "bin/terraform", terraform_of("1.12.0"))
        path = {"PATH": str(found.parent)}
        assert find_terraform(tmp_path / "cache", environment=path, fetch=refuse) == found

    def test_an_old_one_on_path_is_not_used(self, tmp_path: Path) -> None:
        """Below 1.11 the pinned release is asked for, and the reason is said."""
        old = script(tmp_path / "bin/terraform", terraform_of("1.9.8"))
        said: list[str] = []
        with pytest.raises(CliError, match="could not be fetched"):
            find_terraform(
                tmp_path / "cache",
                environment={"PATH": str(old.parent)},
                progress=said.append,
                fetch=refuse,
            )
        assert "older than 1.11" in said[0]

    def test_a_fetched_one_is_used_again(self, tmp_path: Path) -> None:
        """What was fetched once is kept."""
        kept = script(tmp_path / "terraform-1.11.4/terraform", terraform_of("1.11.4"))
        assert find_terraform(tmp_path, environment={"PATH": ""}, fetch=refuse) == kept

    def test_a_wrong_checksum_is_refused(self, tmp_path: Path) -> None:
        """Bytes that are not the pinned release are neither kept nor run."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("terraform", "#!/bin/sh\n")
        found = hashlib.sha256(content.getvalue()).hexdigest()
        with pytest.raises(CliError, match=f"has the SHA-256 checksum {found}"):
            find_terraform(tmp_path, environment={"PATH": ""}, fetch=lambda _url, _say: content.getvalue())
        assert not list(tmp_path.rglob("terraform"))

    def test_an_executable_that_is_not_terraform_has_no_version(self, tmp_path: Path) -> None:
        """Whatever does not answer like Terraform is not taken for it."""
        assert terraform_version(script(tmp_path / "terraform", "echo hello")) is None
        assert terraform_version(tmp_path / "missing") is None

    @pytest.mark.parametrize(
        ("system", "machine", "name"),
        [
            ("Linux", "x86_64", "linux_amd64"),
            ("Linux", "aarch64", "linux_arm64"),
            ("Darwin", "arm64", "darwin_arm64"),
            ("Darwin", "x86_64", "darwin_amd64"),
        ],
    )
    def test_every_usual_platform_has_a_pinned_checksum(self, system: str, machine: str, name: str) -> None:
        """The platforms people develop on have a checksum in the code."""
        assert platform_name(system, machine) == name
        assert len(RELEASE_SHA256[name]) == 64

    def test_another_platform_is_told_what_to_do(self) -> None:
        """Without a pinned checksum nothing is fetched, and the message says what to install."""
        with pytest.raises(CliError, match=r"none is pinned for freebsd_amd64: install Terraform 1\.11"):
            platform_name("FreeBSD", "amd64")


class TestEnvironment:
    """What Terraform inherits."""

    def test_a_persons_workspace_and_arguments_are_not_inherited(self) -> None:
        """Settings that would silently change what our commands do are left out."""
        inherited = {
            "TF_WORKSPACE": "production",
            "TF_CLI_ARGS_apply": "-destroy",
            "TF_VAR_prefix": "x",
            "HOME": "/h",
        }
        child = child_environment({}, inherited=inherited)
        assert not [name for name in child if name.startswith(("TF_WORKSPACE", "TF_CLI_ARGS", "TF_VAR_"))]
        assert child["HOME"] == "/h"

    def test_against_local_aws_a_persons_profile_is_not_inherited(self) -> None:
        """A real profile or session never reaches a process that works on local AWS, nor the other way."""
        inherited = {
            "AWS_PROFILE": "prod",
            "AWS_SESSION_TOKEN": "t",
            "AWS_ENDPOINT_URL_S3": "https://real.example",
        }
        own = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_ACCESS_KEY_ID": "test"}
        child = child_environment(own, inherited=inherited)
        assert {name: value for name, value in child.items() if name.startswith("AWS_")} == {
            **own,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def test_on_aws_itself_a_persons_profile_is_kept(self) -> None:
        """Without an endpoint of ours the credentials are the person's."""
        assert child_environment({}, inherited={"AWS_PROFILE": "prod"})["AWS_PROFILE"] == "prod"

    def test_a_missing_configuration_file_is_not_named(self, tmp_path: Path) -> None:
        """Terraform warns on each command about a configuration file that is not there."""
        present = tmp_path / "terraformrc"
        present.touch()
        assert "TF_CLI_CONFIG_FILE" not in child_environment(
            {}, inherited={"TF_CLI_CONFIG_FILE": str(tmp_path / "no")}
        )
        assert "TF_CLI_CONFIG_FILE" in child_environment({}, inherited={"TF_CLI_CONFIG_FILE": str(present)})


class TestProviderTree:
    """Finding a provider where the registry cannot be reached."""

    def test_an_unpacked_provider_is_found_at_a_bounded_depth(self, tmp_path: Path) -> None:
        """The tree is the directory that holds the registry host's; too deep is not searched."""
        layout = "registry.example/hashicorp/aws/5.100.0/linux_amd64/terraform-provider-aws_v5.100.0_x5"
        script(tmp_path / "near/providers" / layout, "exit 0")
        script(tmp_path / "far/1/2/3/4/5" / layout, "exit 0")
        assert find_provider_tree([tmp_path / "missing", tmp_path / "near"]) == tmp_path / "near/providers"
        assert find_provider_tree([tmp_path / "far"]) is None

    def test_a_named_directory_wins(self, tmp_path: Path) -> None:
        """The environment's word is taken without a search."""
        assert provider_tree({PLUGIN_DIRECTORY_VARIABLE: str(tmp_path)}, roots=[]) == tmp_path

    def test_a_tree_that_is_gone_is_forgotten(self, tmp_path: Path) -> None:
        """What was remembered counts only while it exists."""
        memory = tmp_path / "state/provider-tree.json"
        assert recall_tree(memory) is None
        tree = tmp_path / "tree"
        tree.mkdir()
        remember_tree(memory, tree)
        assert recall_tree(memory) == tree
        tree.rmdir()
        assert recall_tree(memory) is None


class TestWorkingCopy:
    """A copy of the root outside the source tree."""

    def copy(self, tmp_path: Path, body: str, **environment: str) -> WorkingCopy:
        """Return a working copy of a small root, with a stand-in for Terraform that notes its calls."""
        source = tmp_path / "terraform"
        source.mkdir(exist_ok=True)
        (source / "main.tf").write_text("# root\n", encoding="utf-8")
        return WorkingCopy(
            terraform=script(tmp_path / "bin/terraform", f'echo "$@" >> {tmp_path / "calls"}\n{body}'),
            source=source,
            directory=tmp_path / "copy",
            shared=tmp_path / "shared",
            environment=environment,
        )

    def calls(self, tmp_path: Path) -> list[str]:
        """Return the calls noted so far."""
        return (tmp_path / "calls").read_text(encoding="utf-8").splitlines()

    def test_sources_are_renewed_and_state_stays(self, tmp_path: Path) -> None:
        """A second copy drops files that are gone from the sources, never state or Terraform's data."""
        copy = self.copy(tmp_path, "exit 0")
        copy.refresh()
        (copy.directory / "old.tf").touch()
        (copy.directory / "terraform.tfstate.d").mkdir()
        (copy.directory / ".terraform").mkdir()
        (copy.source / "terraform.tfstate").touch()
        copy.refresh()
        assert sorted(path.name for path in copy.directory.iterdir()) == [
            ".terraform",
            "main.tf",
            "terraform.tfstate.d",
        ]

    def test_the_registry_is_tried_first(self, tmp_path: Path) -> None:
        """Where the registry answers, no provider tree is looked for."""
        copy = self.copy(tmp_path, "exit 0")
        copy.refresh()
        copy.init()
        assert self.calls(tmp_path) == ["init -input=false -no-color -backend=true"]

    def test_without_a_registry_the_tree_is_used_and_remembered(self, tmp_path: Path) -> None:
        """The failing attempt is paid once; the next init goes straight to the tree."""
        body = f'case "$*" in *-plugin-dir*) exit 0;; *) echo "{NO_REGISTRY}"; exit 1;; esac'
        tree = tmp_path / "tree"
        tree.mkdir()
        copy = self.copy(tmp_path, body, **{PLUGIN_DIRECTORY_VARIABLE: str(tree)})
        copy.refresh()
        said: list[str] = []
        copy.init(on_line=said.append)
        copy.init()
        plain = "init -input=false -no-color -backend=true"
        assert self.calls(tmp_path) == [plain, f"{plain} -plugin-dir={tree}", f"{plain} -plugin-dir={tree}"]
        assert said == [f"The provider registry cannot be reached; using the provider in {tree}"]

    def test_a_wrong_configuration_is_not_taken_for_a_missing_registry(self, tmp_path: Path) -> None:
        """Terraform's own message reaches the person, and nothing else is tried."""
        copy = self.copy(tmp_path, 'echo "noise"; echo "Error: Unsupported block type"; exit 1')
        copy.refresh()
        with pytest.raises(
            CliError, match=r"terraform init failed \(exit code 1\):\nError: Unsupported block type"
        ):
            copy.init()
        assert len(self.calls(tmp_path)) == 1


def test_lines_are_handed_over_and_kept(tmp_path: Path) -> None:
    """Both streams come line by line, and the whole text is kept."""
    command = script(tmp_path / "noisy", "echo one; echo two >&2; exit 3")
    lines: list[str] = []
    completed = run([str(command)], directory=tmp_path, environment={}, on_line=lines.append)
    assert (completed.exit_code, lines, completed.text) == (3, ["one", "two"], "one\ntwo")


def test_a_process_does_not_outlive_an_error_of_ours(tmp_path: Path) -> None:
    """When handling a line fails, the process is asked to stop and waited for."""
    command = script(
        tmp_path / "slow",
        f"trap 'kill $!; touch {tmp_path}/stopped; exit 0' TERM; echo one; sleep 30 >&- 2>&- & wait",
    )

    def fail(_line: str) -> None:
        raise CliError("enough")

    with pytest.raises(CliError, match="enough"):
        run([str(command)], directory=tmp_path, environment={"PATH": "/usr/bin:/bin"}, on_line=fail)
    assert (tmp_path / "stopped").exists()


def test_examples_that_need_other_providers_are_told_apart() -> None:
    """Only Stripe's own provider is another one; that example cannot be validated here, and says so."""
    examples = {path.name: foreign_providers(path) for path in (TERRAFORM / "examples").iterdir()}
    assert {name for name, foreign in examples.items() if foreign} == {"stripe_provider"}
    assert examples["stripe_provider"] == ["stripe/stripe"]
    assert "Not tested here" in (TERRAFORM / "examples/stripe_provider/README.md").read_text("utf-8")
