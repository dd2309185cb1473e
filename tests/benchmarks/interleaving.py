"""Measures several contenders in turn: A B C, A B C, …, never all of A and then all of B.

Each round starts with another contender, so that none is always the one after the slowest.
"""

from collections.abc import Callable, Mapping

Samples = dict[str, list[float]]


def interleaved(
    contenders: Mapping[str, Callable[[], float]],
    *,
    rounds: int,
    warm_up_rounds: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _rounds: None,
) -> Samples:
    """Measure each contender once per round.

    Args:
        contenders: Name → measures it once and returns the figure.
        rounds: How many rounds are kept.
        warm_up_rounds: Rounds before them that are thrown away.
        progress: Called with the number of rounds done and that of all rounds.

    Returns:
        Name → one figure per round, in the order of the rounds.
    """
    names = list(contenders)
    samples: Samples = {name: [] for name in names}
    for number in range(warm_up_rounds + rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            figure = contenders[name]()
            if number >= warm_up_rounds:
                samples[name].append(figure)
        progress(number + 1, warm_up_rounds + rounds)
    return samples
