"""How far a run has got, in a file: one that was broken off goes on, and memory does not grow with accounts.

The file is a SQLite database, because the second pass must know of each subscription whose it was in the
first one, and those may be more than memory holds.
"""

import fcntl
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_subscription_handler.comparison.checkpoint import Claim, Seen
from stripe_subscription_handler.comparison.payments import Attempt

_SCHEMA = """
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS seen (subscription TEXT PRIMARY KEY, user TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reported (
  subscription TEXT, user TEXT, PRIMARY KEY (subscription, user)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attempts (invoice TEXT PRIMARY KEY, created TEXT, number INTEGER) WITHOUT ROWID;
"""
_LOOKED_UP = 500
"""Ids in one question; SQLite takes at least 999."""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Be the only run on this machine that uses a state file.

    Raises:
        CliError: Another one uses it now.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # The file itself will not do: a finished run removes it, and the next one would lock another file.
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CliError(
                f"Another run of reconcile uses {path} at this moment. Wait until it has ended; what it "
                "leaves, the same command goes on with."
            ) from None
        yield


@attrs.frozen
class Checkpoint:
    """One run's state file. Every change is written at once with the page it belongs to.

    One thread writes it. Others may ask for attempts, meanwhile.
    """

    path: Path
    _database: sqlite3.Connection
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False, eq=False)

    @classmethod
    @contextmanager
    def at(cls, path: Path, run: Mapping[str, Any], *, restart: bool = False) -> Iterator["Checkpoint"]:
        """Open a run's file, or begin one; it is closed at the end, and stays unless `finish` was called.

        `restart` begins anew, whatever an earlier run has left.

        Raises:
            CliError: The file belongs to another run, or is no state file.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        if restart:
            path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path, check_same_thread=False)) as database:
            checkpoint = cls(path, database)
            try:
                database.executescript(_SCHEMA)
                with suppress(FileNotFoundError):  # `:memory:`, SQLite's word for none
                    path.chmod(0o600)  # it names users and their subscriptions
                known = checkpoint.read("run")
            except sqlite3.DatabaseError as error:
                raise CliError(f"{path} is not a state file of reconcile: {error}") from error
            if known is None:
                checkpoint.note(state={"run": dict(run)})
            elif known != dict(run):
                raise CliError(
                    f"{path} is of another run ({json.dumps(known)}); remove it, or name another "
                    "--state-file."
                )
            yield checkpoint

    def read(self, name: str) -> Any:
        row = self._database.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def note(
        self,
        *,
        state: Mapping[str, Any],
        seen: Mapping[str, str | None] | None = None,
        reported: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Write what a page told.

        `seen` is subscription id → user, `reported` the (subscription id, user id) of differences told.
        """
        with self._lock, self._database:
            self._database.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?)", (seen or {}).items())
            self._database.executemany("INSERT OR REPLACE INTO reported VALUES (?, ?)", reported)
            self._database.executemany(
                "INSERT OR REPLACE INTO state VALUES (?, ?)",
                [(name, json.dumps(value)) for name, value in state.items()],
            )

    def note_attempts(self, attempts: Iterable[tuple[str, Attempt]]) -> None:
        """Write failed attempts by their invoices' ids, newest first; the first one of an invoice counts."""
        with self._lock, self._database:
            self._database.executemany(
                "INSERT OR IGNORE INTO attempts VALUES (?, ?, ?)",
                [(invoice_id, one.created, one.number) for invoice_id, one in attempts],
            )

    def attempt(self, invoice_id: str) -> Attempt | None:
        """An invoice's last failed attempt, where Stripe listed its event."""
        with self._lock:
            question = "SELECT created, number FROM attempts WHERE invoice = ?"
            row = self._database.execute(question, (invoice_id,)).fetchone()
        return None if row is None else Attempt(*row)

    def seen(self, claims: Iterable[Claim]) -> dict[Claim, Seen]:
        """Whose these subscriptions were in the first pass, as far as they were there."""
        wanted = list(claims)
        ids = sorted({subscription_id for _, subscription_id in wanted})
        owners: dict[str, str | None] = {}
        for start in range(0, len(ids), _LOOKED_UP):
            part = ids[start : start + _LOOKED_UP]
            marks = ", ".join("?" * len(part))
            rows = self._database.execute(f"SELECT * FROM seen WHERE subscription IN ({marks})", part)  # noqa: S608 - only marks
            owners.update(rows)
        return {
            (user_id, subscription_id): Seen.of(owners[subscription_id], user_id)
            for user_id, subscription_id in wanted
            if subscription_id in owners
        }

    def without_user(self, after: str) -> list[str]:
        """The next subscriptions, by id, of which nobody could say whose they are."""
        rows = self._database.execute(
            "SELECT subscription FROM seen WHERE user IS NULL AND subscription > ? ORDER BY 1 LIMIT ?",
            (after, _LOOKED_UP),
        )
        return [subscription_id for (subscription_id,) in rows]

    def was_reported(self, subscription_id: str, user_id: str) -> bool:
        key = (subscription_id, user_id)
        row = self._database.execute("SELECT 1 FROM reported WHERE subscription = ? AND user = ?", key)
        return row.fetchone() is not None

    def finish(self) -> None:
        """Remove the file: a finished run leaves none."""
        self.path.unlink(missing_ok=True)
