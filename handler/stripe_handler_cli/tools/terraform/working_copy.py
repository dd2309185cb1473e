"""Holds a copy of a Terraform root outside the source tree, and initialises, validates and tests it.

Copying keeps provider links, locks and state out of the checkout, and lets several environments be worked
on at the same time. Methods raise `CliError` with Terraform's message when a command fails that must not.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs

from stripe_handler_cli.common.locks import exclusive
from stripe_handler_cli.tools.terraform.process import Completed, capture, child_environment, failure, run
from stripe_handler_cli.tools.terraform.provider_lock import keep_the_version_alone
from stripe_handler_cli.tools.terraform.providers import provider_tree, recall_tree, remember_tree

OnLine = Callable[[str], None]
"""Called with each line Terraform prints."""

_NOT_SOURCES = (".terraform", ".terraform.lock.hcl", "terraform.tfstate*", "*.tfplan")
_STATE_PREFIXES = (".terraform", "terraform.tfstate")
_PROVIDER_TROUBLE = ("Failed to query available provider packages", "Failed to install provider")


@attrs.frozen(kw_only=True)
class WorkingCopy:
    """A copy of a Terraform root.

    Attributes:
        source: The root in the checkout; only read.
        directory: Where the copy is; holds Terraform's data and, with the local backend, the state.
        shared: A directory that several copies share: the provider cache, and where a provider was found.
        environment: What the caller sets for Terraform, AWS settings among them.
    """

    terraform: Path
    source: Path
    directory: Path
    shared: Path
    environment: Mapping[str, str] = attrs.field(factory=dict)

    def refresh(self) -> None:
        """Copy the sources again; state and Terraform's data stay."""
        self.directory.mkdir(parents=True, exist_ok=True)
        for path in self.directory.iterdir():
            if path.name.startswith(_STATE_PREFIXES):
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(
            self.source, self.directory, ignore=shutil.ignore_patterns(*_NOT_SOURCES), dirs_exist_ok=True
        )

    def init(self, *, backend: bool = True, on_line: OnLine | None = None, folder: str = ".") -> None:
        """Initialise the copy: from the registry, or from a provider tree on this machine.

        One copy at a time: Terraform's provider cache must not be filled by two at once.

        Args:
            backend: Whether to initialise the backend; not needed to validate.
            folder: A directory inside the copy, for modules and examples.
        """
        with exclusive(self.shared / "init.lock"):
            self._init(backend=backend, on_line=on_line, folder=folder)
        keep_the_version_alone(self.directory / folder)

    def _init(self, *, backend: bool, on_line: OnLine | None, folder: str) -> None:
        arguments = ["init", "-input=false", "-no-color", f"-backend={str(backend).lower()}"]
        memory = self.shared / "provider-tree.json"
        remembered = recall_tree(memory)
        if remembered is not None:
            attempt = self.run([*arguments, f"-plugin-dir={remembered}"], on_line=on_line, folder=folder)
            if attempt.exit_code == 0:
                return
        completed = self.run(arguments, folder=folder)
        if completed.exit_code == 0:
            return
        misses_provider = any(words in completed.text for words in _PROVIDER_TROUBLE)
        tree = provider_tree(child_environment(self.environment)) if misses_provider else None
        if tree is None:
            raise failure("terraform init", completed)
        if on_line is not None:
            on_line(f"The provider registry cannot be reached; using the provider in {tree}")
        from_tree = [*arguments, f"-plugin-dir={tree}"]
        self.require("terraform init", from_tree, on_line=on_line, folder=folder)
        remember_tree(memory, tree)

    def fmt_check(self) -> None:
        """Check the sources' formatting; the message of the error holds the difference."""
        completed = run(
            [str(self.terraform), "fmt", "-check", "-diff", "-recursive", "-no-color"],
            directory=self.source,
            environment=child_environment(self.environment),
        )
        if completed.exit_code != 0:
            raise failure("terraform fmt -check (format with 'make format')", completed)

    def validate(self, *, folder: str = ".") -> None:
        """Check the configuration without reaching anything."""
        self.require("terraform validate", ["validate", "-no-color"], folder=folder)

    def test(
        self, *, on_line: OnLine | None = None, test_directory: str = "tests", folder: str = "."
    ) -> None:
        """Run the tests of the root, or of another folder."""
        arguments = ["test", "-no-color", f"-test-directory={test_directory}"]
        self.require("terraform test", arguments, on_line=on_line, folder=folder)

    def run(self, arguments: Sequence[str], *, on_line: OnLine | None = None, folder: str = ".") -> Completed:
        """Run one Terraform command in the copy; the exit code is the caller's to judge."""
        cache = self.shared / "plugin-cache"
        cache.mkdir(parents=True, exist_ok=True)
        # Without a lock file the cache is used only when Terraform is told that this is meant.
        own = {"TF_PLUGIN_CACHE_DIR": str(cache), "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1"}
        if any(argument.startswith("-plugin-dir=") for argument in arguments):
            own = {}
        return run(
            [str(self.terraform), *arguments],
            directory=self.directory / folder,
            environment=child_environment({**own, **self.environment}),
            on_line=on_line,
        )

    def require(
        self, what: str, arguments: Sequence[str], *, on_line: OnLine | None = None, folder: str = "."
    ) -> None:
        """Run one Terraform command that must succeed."""
        completed = self.run(arguments, on_line=on_line, folder=folder)
        if completed.exit_code != 0:
            raise failure(what, completed)

    def capture(self, what: str, arguments: Sequence[str], *, folder: str = ".") -> str:
        """Run one short Terraform command that must succeed and whose standard output is data."""
        completed = capture(
            [str(self.terraform), *arguments],
            directory=self.directory / folder,
            environment=child_environment(self.environment),
        )
        if completed.exit_code != 0:
            raise failure(what, completed)
        return completed.text
