"""Benchmarks: what an event costs, measured against a baseline in the same run. Not part of the tests.

One module per benchmark, listed in `registry`. `make bench` runs them all, `make bench NAME=handler_cpu` one;
`make bench-report` writes `docs/performance.md` again from `results/*.json`.

A benchmark returns a `result.Result`. It never compares with a figure of another run or machine: what is
claimed is a ratio, and both of its sides were measured in turn (`interleaving`).
"""
