"""`make prove`: the convergence properties with very many examples, over all cores, with a summary.

Settings by environment: EXAMPLES (all properties together; 100000), SEED (1), PROCESSES (2). Exit code 1 with
the counterexample if a property fails.
"""

import os
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent))

from support.property_runs import Run, collected_properties, run_property

ROOT = Path(__file__).parents[1]
CHUNK = 1000
FIXED_SIZE = ("test_delivering_everything_again", "test_attributes_of_the_app")
"""Properties that have a number of examples of their own, and run in `make test`."""


def main() -> int:
    """Run it."""
    console = Console()
    examples = int(os.environ.get("EXAMPLES", "100000"))
    first_seed = int(os.environ.get("SEED", "1"))
    properties = [name for name in collected_properties(ROOT) if not name.startswith(FIXED_SIZE)]
    chunks = max(1, round(examples / len(properties) / CHUNK))
    jobs = [(name, first_seed + number) for number in range(chunks) for name in properties]
    console.print(f"{len(jobs)} runs of {CHUNK} examples, seeds {first_seed} to {first_seed + chunks - 1}")
    done: dict[str, list[Run]] = defaultdict(list)
    with (
        tempfile.TemporaryDirectory() as scratch,
        ThreadPoolExecutor(int(os.environ.get("PROCESSES", "2"))) as pool,
    ):
        waiting = {
            pool.submit(
                run_property,
                ROOT,
                name,
                examples=CHUNK,
                seed=seed,
                shrink=True,
                scratch=Path(scratch) / f"{seed}-{properties.index(name)}",
            ): (name, seed)
            for name, seed in jobs
        }
        for number, future in enumerate(as_completed(waiting), start=1):
            name, seed = waiting[future]
            run = future.result()
            done[name].append(run)
            word = "passed" if run.exit_code == 0 else "FAILED"
            console.print(
                f"{number}/{len(jobs)} {name} seed {seed}: {word} in {run.seconds:.0f} s", highlight=False
            )
            if run.exit_code != 0:
                console.print(run.output, markup=False, highlight=False)
                pool.shutdown(cancel_futures=True)
                break
    _summary(console, done, first_seed)
    return int(any(run.exit_code for runs in done.values() for run in runs))


def _summary(console: Console, done: dict[str, list[Run]], first_seed: int) -> None:
    table = Table(title=f"Convergence, seeds from {first_seed}", title_justify="left")
    for head in ("property", "examples passed", "seconds", "result"):
        table.add_column(head, overflow="fold")
    for name, runs in done.items():
        passed = all(run.exit_code == 0 for run in runs)
        table.add_row(
            escape(name),
            f"{sum(run.passing_examples for run in runs):,}",
            f"{sum(run.seconds for run in runs):.0f}",
            "passed" if passed else "FAILED",
        )
    total = sum(run.passing_examples for runs in done.values() for run in runs)
    table.add_row("together", f"{total:,}", "", "")
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
