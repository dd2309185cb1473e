"""The rules of the semantics, each with the edit that switches it off. Data only."""

import attrs

ANY_ORDER = "test_any_delivery_of_events_of_distinct_seconds_gives_the_same_items"
ONE_SECOND = "test_without_a_key_two_deliveries_of_one_second_agree"
ASKED = "test_with_a_key_events_of_one_second_end_in_the_truth"
LABELLED_LATE = "test_subscriptions_labelled_late_end_in_the_truth[without key]"
MOVED = "test_a_subscription_handed_to_another_user_leaves_the_first"
DEAD = "test_forgetting_dead_subscriptions_changes_no_view[without key]"
DROPPED = "test_dropping_ids_of_dead_subscriptions_changes_no_view"
THIN_UNLABELLED = "test_thin_events_end_in_the_truth[labelled late]"
THIN_MOVES = "test_thin_events_end_in_the_truth[moved]"


@attrs.frozen
class Mutant:
    """One rule switched off.

    Attributes:
        rule: The rule.
        file: The library's file that holds it.
        old: Its text there, which must be found exactly once.
        new: What stands there instead.
        caught_by: The property that must find a counterexample.
    """

    rule: str
    file: str
    old: str
    new: str
    caught_by: str


MUTANTS = (
    Mutant(
        "the version condition of the blind write",
        "decisions/subscription_change.py",
        '                Less((name, "version"), self.version),\n',
        "",
        ANY_ORDER,
    ),
    Mutant(
        "terminal first",
        "decisions/ledger.py",
        "{int(subscription.is_terminal)} {second}",
        "0 {second}",
        ANY_ORDER,
    ),
    Mutant(
        "the guard covers the whole ledger",
        "decisions/writes.py",
        "for subscription_id in sorted(subscription_ids):",
        "for subscription_id in sorted(subscription_ids)[:1]:",
        ANY_ORDER,
    ),
    Mutant(
        "the blind write only where the primary one stays",
        "decisions/subscription_change.py",
        'AtMost((name, "key"), primary_key(subscription))',
        'Equal((name, "linked"), value=True)',
        ANY_ORDER,
    ),
    Mutant(
        "dead ones by the time of their end",
        "decisions/ledger.py",
        "(subscription.ended or subscription.created) if",
        "subscription.created if",
        ANY_ORDER,
    ),
    Mutant(
        "the event id kept out of the version",
        "decisions/subscription_change.py",
        "        return self._tie(item, ledger, seen)\n",
        "        if self.event_id < max(seen.candidates):\n"
        "            return self._skip(item, ledger, seen, Reason.STALE)\n"
        "        return self._write(item, ledger, self._register(linked=False))\n",
        ASKED,
    ),
    Mutant(
        "the round-trip allowance of a fetched state",
        "stripe_side/api.py",
        "timedelta(seconds=math.ceil(round_trip_seconds) + 1)",
        "timedelta(seconds=0)",
        ASKED,
    ),
    Mutant(
        "refusing a state that may be too old",
        "conversation/fetching.py",
        "if as_of < not_before:",
        "if False:",
        ASKED,
    ),
    Mutant(
        "draining before the profile is written",
        "conversation/handling.py",
        "            others += yield from drain(decision.link.customer_id, policy, apply)\n",
        "",
        LABELLED_LATE,
    ),
    Mutant(
        "parking only while the subscription has no owner",
        "conversation/owner.py",
        "subscription_id=question.subscription_id if question else None,",
        "subscription_id=None,",
        LABELLED_LATE,
    ),
    Mutant(
        "parking a subscription's event only while the customer has no user",
        "conversation/owner.py",
        "unless_users=question.any_user if question else False,",
        "unless_users=False,",
        LABELLED_LATE,
    ),
    Mutant(
        "the blind write only where the link is written",
        "decisions/subscription_change.py",
        '                Equal((name, "linked"), value=True),\n',
        "",
        LABELLED_LATE,
    ),
    Mutant(
        "drained events do not count as linked",
        "decisions/subscription_change.py",
        "linked=was_linked or links or not self._is_owners",
        "linked=True",
        LABELLED_LATE,
    ),
    Mutant(
        "a subscription that moves is written to both users",
        "conversation/handling.py",
        "    for other in others:\n",
        "    for other in ():\n",
        MOVED,
    ),
    Mutant(
        "events of a closed subscription are skipped",
        "decisions/subscription_change.py",
        "        if is_closed(ledger, subscription.id):\n            return Skip(Reason.CLOSED)\n",
        "",
        DEAD,
    ),
    Mutant(
        "what may have been dropped is looked up",
        "decisions/compaction.py",
        "    return created is None or created <= ledger.floor\n",
        "    return False\n",
        DROPPED,
    ),
    Mutant(
        "a parked thin event is fetched when it is drained",
        "conversation/draining.py",
        "    return (yield from fetch_object(event, event.related_id, policy))\n",
        "    yield from ()\n    return None\n",
        THIN_UNLABELLED,
    ),
    Mutant(
        "a fetched state is written to the customer's other users too",
        "conversation/moves.py",
        "    return tuple(sorted(users_in_links(links) - {user_id}))\n",
        "    return ()\n",
        THIN_MOVES,
    ),
)
