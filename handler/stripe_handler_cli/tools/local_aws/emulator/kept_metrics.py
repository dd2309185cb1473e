"""Data points stay where they were put.

AWS rule modelled: a data point that was recorded is counted, even if others ask CloudWatch at the same time.

Stock MiniStack copies every metric's list of points with each request to CloudWatch, to drop those older
than two weeks. A point that another thread appends to the old list meanwhile is lost: it happened in a run
of 4,300 invocations with forty requests a second to CloudWatch.
"""

import time
from typing import Any

from ministack.services import cloudwatch

from .replacing import replaces


@replaces(cloudwatch, "_evict_old_metrics")
def evict_old_metrics(_stock: Any) -> None:
    """Drop old points; a list that has none stays the list it is."""
    cutoff = time.time() - cloudwatch.TWO_WEEKS_SECONDS
    for key, points in list(cloudwatch._metrics.items()):
        seen = list(points)
        kept = [point for point in seen if point["Timestamp"] >= cutoff]
        if not kept:
            cloudwatch._metrics.pop(key, None)
        elif len(kept) < len(seen):
            cloudwatch._metrics[key] = kept
