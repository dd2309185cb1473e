"""What is right for snapshots (SnapStart): no old version keeps one, as each costs its own. Pure."""

import attrs

from stripe_handler_cli.operate.doctor.check import Area, Check, Finding, passed, warned

DELETE_VERSION = "aws lambda delete-function --function-name {function_name} --qualifier {version}"
MOST_OLD_VERSIONS = 1
"""One, to go back to."""


@attrs.frozen
class SnapshotFacts:
    """Published versions that keep a snapshot.

    Attributes:
        old: Those that the alias does not lead to, the oldest first.
    """

    old: tuple[str, ...]


def judge_snapshots(facts: SnapshotFacts) -> Finding:
    """At most one besides the one that is invoked."""
    if len(facts.old) > MOST_OLD_VERSIONS:
        found = f"{len(facts.old)} versions that nothing invokes keep a snapshot each: {', '.join(facts.old)}"
        return warned(found, DELETE_VERSION, version=facts.old[0])
    if facts.old:
        return passed(f"version {facts.old[0]} keeps a snapshot besides, to go back to")
    return passed("no version that nothing invokes keeps one")


SNAPSHOTS = Check(
    key="old-snapshots",
    area=Area.FUNCTION,
    title="Snapshots of old versions",
    why="AWS charges for each snapshot as long as its version exists, whether or not anything invokes it.",
    checked=(
        "Published versions with a snapshot (SnapStart) that the alias does not lead to: more than "
        f"{MOST_OLD_VERSIONS} is a warning. Delete them one by one, the oldest first."
    ),
    fixes=(DELETE_VERSION,),
    judge=judge_snapshots,
)
