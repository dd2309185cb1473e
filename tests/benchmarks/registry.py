"""The benchmarks by name: what each runs, and how its section of docs/performance.md is written."""

from collections.abc import Callable, Mapping

import attrs

from benchmarks import cold_start, first_question, handler_cpu, overview, requests_per_event, zip_size
from benchmarks.backfill import benchmark as backfill
from benchmarks.growth import benchmark as growth
from benchmarks.load import benchmark as load
from benchmarks.result import Result
from benchmarks.setting import Setting
from benchmarks.tables import plain_section


@attrs.frozen
class Benchmark:
    """One benchmark.

    Attributes:
        about: What it measures, in one line.
        run: Measures.
        section: Writes its part of the page, Markdown, from its result.
        is_usual: Whether it runs when none is named; the others take many minutes.
        is_checked: Whether `check` runs it when none is named.
    """

    about: str
    run: Callable[[Setting], Result]
    section: Callable[[Result], str] = plain_section
    is_usual: bool = True
    is_checked: bool = True


BENCHMARKS: Mapping[str, Benchmark] = {
    requests_per_event.NAME: Benchmark(
        "requests and units of each kind of event, against two usual ways",
        requests_per_event.run,
        requests_per_event.section,
    ),
    handler_cpu.NAME: Benchmark(
        "CPU time of an event on a warm function, against bare boto3", handler_cpu.run, handler_cpu.section
    ),
    cold_start.NAME: Benchmark(
        "a fresh process up to its first event, against import boto3", cold_start.run, cold_start.section
    ),
    first_question.NAME: Benchmark(
        "the first question to Stripe on a function that is ready, against stripe's usual client",
        first_question.run,
        first_question.section,
    ),
    zip_size.NAME: Benchmark(
        "the Lambda zip: its size, and whether surroundings change it", zip_size.run, zip_size.section
    ),
    growth.NAME: Benchmark(
        "an event's cost as subscriptions, parked events and the table grow", growth.run, growth.section
    ),
    load.NAME: Benchmark(
        "10,000 events through the local stack, at 1, 2 and 4 at a time; hot users",
        load.run,
        load.section,
        is_checked=False,
    ),
    backfill.NAME: Benchmark(
        "reconcile --apply on an account of thousands, against its earlier way and bare writes",
        backfill.run,
        backfill.section,
        is_usual=False,
        is_checked=False,
    ),
    load.LONG_NAME: Benchmark(
        "50,000 events through the local stack, 4 at a time; takes ten minutes and more",
        load.run_long,
        load.section,
        is_usual=False,
        is_checked=False,
    ),
}
"""Name → benchmark, in the order in which they run and stand on the page."""


def sections(results: Mapping[str, Result]) -> dict[str, str]:
    """Everything of the page that is made of results: section → Markdown."""
    found = {name: one for name, one in BENCHMARKS.items() if name in results}
    in_order = [results[name] for name in found]
    return {overview.NAME: overview.overview(in_order)} | {
        name: one.section(results[name]) for name, one in found.items()
    }
