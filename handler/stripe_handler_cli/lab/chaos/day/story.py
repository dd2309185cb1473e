"""The story of a user whose profile is wrong in the end: what happened, and what became of it. Pure."""

from stripe_handler_cli.lab.chaos.day.evidence import Log
from stripe_handler_cli.lab.chaos.day.plan import DayPlan
from stripe_handler_cli.lab.simulator import subject_id
from stripe_handler_cli.lab.simulator.days import SimulatedDay

Told = tuple[float, str, str]


def story_of(day: SimulatedDay, plan: DayPlan, log: Log, user_id: str) -> tuple[Told, ...]:
    """What happened, in order: (second, what, what came of it)."""
    life = next(one for one in day.account.lives if user_id in one.users)
    fates = {one.event_id: str(one.kind) for one in plan.incidents if one.event_id is not None}
    handled: dict[str, list[str]] = {}
    for line in log.lines:
        came_of_it = f"{line['decision']} {line.get('reason') or line.get('error_type') or ''}".strip()
        handled.setdefault(str(line["event_id"]), []).append(came_of_it)
    told: list[Told] = []
    for one in life.happenings:
        if one.second < day.start:
            continue
        event_id = one.event["id"]
        came = [*([fates[event_id]] if event_id in fates else []), *handled.get(event_id, ())]
        told.append((one.second, f"{one.event['type']} {subject_id(one.event)}", ", ".join(came) or "-"))
    told += [
        (one.second, str(one.kind), "")
        for one in plan.incidents
        if one.event_id is None and user_id in one.users
    ]
    return tuple(sorted(told))
