"""Holds a copy of a Terraform root outside the source tree, and initialises, validates and tests it.

Copying keeps provider links, locks and state out of the checkout, and lets several environments be worked
on at the same time.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs

from stripe_handler_cli.tools.terraform.environment import child_environment
from stripe_handler_cli.tools.terraform.process import Completed, capture, failure, run
from stripe_handler_cli.tools.terraform.providers import provider_tree, recall_tree, remember_tree

OnLine = Callable[[str], None]

_NOT_SOURCES = (".terraform", ".terraform.lock.hcl", "terraform.tfstate*", "*.tfplan")
_STATE_PREFIXES = (".terraform", "terraform.tfstate")
_PROVIDER_TROUBLE = ("Failed to query available provider packages", "Failed to install provider")


@attrs.frozen(kw_only=True)
class WorkingCopy:
    """A copy of a Terraform root.

    Attributes:
        terraform: The Terraform executable.
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

        Args:
            backend: Whether to initialise the backend; not needed to validate.
            on_line: Called with each line Terraform prints.
            folder: A directory inside the copy, for the examples.

        Raises:
            CliError: The provider is neither in the registry's reach nor on this machine, or the
                configuration is wrong.
        """
        arguments = ["init", "-input=false", "-no-color", f"-backend={str(backend).lower()}"]
        memory = self.shared / "provider-tree.json"
        remembered = recall_tree(memory)
        if remembered is not None:
            attempt = self.run([*arguments, f"-plugin-dir={remembered}"], on_line=on_line, folder=folder)
            if attempt.exit_code == 0:
                return
        completed = self.run(arguments, on_line=None, folder=folder)
        if completed.exit_code == 0:
            return
        tree = self._tree() if any(words in completed.text for words in _PROVIDER_TROUBLE) else None
        if tree is None:
            raise failure("terraform init", completed)
        if on_line is not None:
            on_line(f"The provider registry cannot be reached; using the provider in {tree}")
        second = self.run([*arguments, f"-plugin-dir={tree}"], on_line=on_line, folder=folder)
        if second.exit_code != 0:
            raise failure("terraform init", second)
        remember_tree(memory, tree)

    def fmt_check(self) -> None:
        """Check the sources' formatting.

        Raises:
            CliError: A file is not formatted; the message holds the difference.
        """
        completed = run(
            [str(self.terraform), "fmt", "-check", "-diff", "-recursive", "-no-color"],
            directory=self.source,
            environment=child_environment(self.environment),
        )
        if completed.exit_code != 0:
            raise failure("terraform fmt -check (format with 'make format')", completed)

    def validate(self, *, folder: str = ".") -> None:
        """Check the configuration without reaching anything.

        Raises:
            CliError: The configuration is not valid.
        """
        self.require("terraform validate", ["validate", "-no-color"], folder=folder)

    def test(self, *, on_line: OnLine | None = None, test_directory: str = "tests") -> None:
        """Run the root's own tests.

        Args:
            on_line: Called with each line Terraform prints.
            test_directory: The folder of the tests, below the root.

        Raises:
            CliError: A test failed.
        """
        arguments = ["test", "-no-color", f"-test-directory={test_directory}"]
        self.require("terraform test", arguments, on_line=on_line)

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
    ) -> Completed:
        """Run one Terraform command that must succeed.

        Raises:
            CliError: It failed.
        """
        completed = self.run(arguments, on_line=on_line, folder=folder)
        if completed.exit_code != 0:
            raise failure(what, completed)
        return completed

    def capture(self, arguments: Sequence[str]) -> Completed:
        """Run one short Terraform command whose standard output is data."""
        return capture(
            [str(self.terraform), *arguments],
            directory=self.directory,
            environment=child_environment(self.environment),
        )

    def _tree(self) -> Path | None:
        return provider_tree(child_environment(self.environment))
