"""Lets an entry point be imported without Python's garbage collections, a tenth of a cold start.

An import makes a hundred thousand objects that all stay, and Python looks through them several times for
cycles to throw away. So importing this module, first, puts collections off, and `resume` lets them begin
again, with what is there by then left out of them for good (source: Python's `gc.freeze`). The few cycles
among it are never freed; docs/performance.md says how much that is.
"""

import gc

_were_on = gc.isenabled()
gc.disable()


def resume() -> None:
    """Let collections begin again, if they were on; called where everything that stays has been made."""
    gc.freeze()
    if _were_on:
        gc.enable()
