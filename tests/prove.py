"""`make prove`: the convergence properties with many examples, run by run, and a summary with the seeds.

Each run is a process of its own with a seed of its own, so a failure can be repeated: the command is printed.
`EXAMPLES` (100000 in all), `SEED` (the first one) and `PROCESSES` (2) are environment variables.
"""

import os
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import attrs
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from support.property_runs import DIRECTORY, Run, collected_properties, run_property

ROOT = Path(__file__).parents[1]
MOST_EXAMPLES = 1000
"""Examples of one run."""
FIXED_SIZE = ("test_delivering_everything_again", "test_attributes_of_the_app")
"""Properties that have a number of examples of their own, and run in `make test`."""
WIDTH = 120
WAIT_SECONDS = 15.0
"""A line is printed at least so often."""


@attrs.frozen
class Job:
    """One run to do."""

    property_name: str
    seed: int
    examples: int


def jobs_for(properties: list[str], examples: int, first_seed: int) -> list[Job]:
    """Divide the examples among the properties, and each one's share into runs."""
    jobs = []
    for number, name in enumerate(properties):
        share = examples // len(properties) + (number < examples % len(properties))
        for index, start in enumerate(range(0, share, MOST_EXAMPLES)):
            jobs.append(Job(name, first_seed + index, min(MOST_EXAMPLES, share - start)))
    return sorted(jobs, key=lambda job: job.seed)


def main() -> int:
    """Run it."""
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console = Console(highlight=False, soft_wrap=True, width=WIDTH)
    first_seed = int(os.environ.get("SEED", "1"))
    properties = [
        name for name in collected_properties(ROOT) if not name.partition("::")[2].startswith(FIXED_SIZE)
    ]
    jobs = jobs_for(properties, int(os.environ.get("EXAMPLES", "100000")), first_seed)
    total = sum(job.examples for job in jobs)
    console.print(f"{total:,} examples of {len(properties)} properties in {len(jobs)} runs")
    done: dict[str, list[Run]] = defaultdict(list)
    with (
        tempfile.TemporaryDirectory() as scratch,
        ThreadPoolExecutor(int(os.environ.get("PROCESSES", "2"))) as pool,
    ):
        waiting = {
            pool.submit(
                run_property,
                ROOT,
                job.property_name,
                examples=job.examples,
                seed=job.seed,
                shrink=True,
                scratch=Path(scratch) / str(number),
            ): job
            for number, job in enumerate(jobs)
        }
        while waiting:
            finished, _ = wait(waiting, timeout=WAIT_SECONDS, return_when=FIRST_COMPLETED)
            for future in finished:
                job, run = waiting.pop(future), future.result()
                done[job.property_name].append(run)
                _report(console, job, run)
                if run.exit_code != 0:
                    pool.shutdown(wait=False, cancel_futures=True)
                    waiting.clear()
            passed = sum(run.passing_examples for runs in done.values() for run in runs)
            console.print(f"{passed / total:4.0%}  {passed:,} of {total:,} examples passed", style="dim")
    _summary(console, done, first_seed)
    return int(any(run.exit_code for runs in done.values() for run in runs))


def _report(console: Console, job: Job, run: Run) -> None:
    word = "passed" if run.exit_code == 0 else "FAILED"
    console.print(f"      {job.property_name} seed {job.seed}: {word} in {run.seconds:.0f} s", markup=False)
    if run.exit_code != 0:
        console.print(run.output, markup=False)
        console.print(
            "To run only this one again:\n"
            f"  STRIPE_HANDLER_EXAMPLES={job.examples} PYTHONHASHSEED=0 .venv/bin/pytest "
            f"--hypothesis-profile=default --hypothesis-seed={job.seed} "
            f'"{DIRECTORY}/{job.property_name}"',
            markup=False,
        )


def _summary(console: Console, done: dict[str, list[Run]], first_seed: int) -> None:
    last = first_seed + max((len(runs) for runs in done.values()), default=1) - 1
    table = Table(title=f"Convergence, seeds {first_seed} to {last}", title_justify="left")
    for head in ("property", "examples passed", "seconds", "result"):
        table.add_column(head, overflow="fold")
    for name, runs in sorted(done.items()):
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
