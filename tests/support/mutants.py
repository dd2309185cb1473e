"""The rules of the semantics, each with the edit that switches it off. Data only."""

import attrs

_CONVERGENCE, _OWNERS = "test_convergence.py::", "test_owners.py::"
CASES = "tests/unit/conversation/test_claims_in_any_order.py::"
"""Small cases, for rules whose loss the properties find too late for a test that always runs."""
_WHOSE = "tests/unit/conversation/test_whose_entitlements.py::"
_OLD_COPY = "tests/unit/conversation/test_entitlements.py::test_an_old_copy_"
_REPAIRS = "tests/unit/comparison/test_writes.py::"
ANY_ORDER = f"{_CONVERGENCE}test_any_delivery_of_events_of_distinct_seconds_gives_the_same_views"
ASKED = f"{_CONVERGENCE}test_with_a_key_events_of_one_second_end_in_the_truth"
CHANGED = f"{_CONVERGENCE}test_changed_settings_are_in_force_with_a_users_next_write"
PAYMENTS = "tests/unit/decisions/test_payments.py::test_what_is_shown_of_payments"
DEAD = f"{_CONVERGENCE}test_forgetting_dead_subscriptions_changes_no_view[without key]"
DROPPED = f"{_CONVERGENCE}test_dropping_ids_of_dead_subscriptions_changes_no_view"
_EVERYONE = f"{_OWNERS}test_everyone_has_what_is_his"
OWNERS = f"{_EVERYONE}[without key-labels]"
EARLIER = f"{_EVERYONE}[without key-invoices]"
COMPANIONS = f"{_EVERYONE}[without key-sessions and customers]"
ONE_USER = f"{_EVERYONE}[without key-one user]"
EITHER_FORM = f"{_OWNERS}test_a_happening_in_either_form_or_both_ends_in_the_truth"
_THIN = "tests/unit/conversation/test_thin_events.py::"
_MISSED = "tests/unit/conversation/test_catching_up.py::"
_TOLD = "test_profile_events.py::"
THIN = f"{_OWNERS}test_thin_events_end_in_the_truth"
_FORGETTING = "test_forgetting.py::"
_STORED = "test_stored_forms.py::test_"
_FORGET = "tests/unit/conversation/test_forgetting.py::"
FORGOTTEN = f"{_FORGETTING}test_a_forgotten_user_comes_back_by_no_event_that_there_was[]"
FORGOTTEN_ALONE = f"{_FORGETTING}test_nobody_else_loses_anything"
ASKING = "test_asking.py::test_asking_between_events_shows_nobody_what_is_anothers"
ONLY_EXISTING = f"{_OWNERS}test_only_users_with_a_profile_have_what_is_theirs"


@attrs.frozen
class Mutant:
    """One rule switched off.

    Attributes:
        rule: The rule.
        file: The library's file that holds it.
        old: Its text there, which must be found exactly once.
        new: What stands there instead.
        caught_by: The property that must find a counterexample, as `file::test[parameters]`; or the test of a
            small case, with its path.
    """

    rule: str
    file: str
    old: str
    new: str
    caught_by: str


MUTANTS = (
    # After a table was restored
    Mutant(
        "a known summary is shown again by an item that does not show it",
        "conversation/entitlements.py",
        "            if wrongly is None:\n",
        "            if wrongly is not standing:\n",
        f"{_OLD_COPY}shows_the_newest_summary_again",
    ),
    Mutant(
        "a known summary leaves an item that should not show it",
        "conversation/entitlements.py",
        "{standing.shown_to, *known.owners}",
        "{standing.shown_to}",
        f"{_OLD_COPY}loses_what_is_nobodys_by_now",
    ),
    Mutant(
        "who does not own a subscription loses its customer's entitlements with it",
        "conversation/snapshots.py",
        "shown is None or shown.shown_to != user_id",
        "False",
        "tests/unit/comparison/test_comparison.py::"
        "test_an_old_copy_of_a_former_owners_profile_loses_the_entitlements_too",
    ),
    # In which state?
    Mutant(
        "the version condition of the blind write",
        "decisions/subscription_change.py",
        "                Less((name, REGISTER, VERSION), parts[REGISTER][VERSION]),\n",
        "",
        ONE_USER,
    ),
    Mutant(
        "terminal first",
        "decisions/registers.py",
        "{int(subscription.is_terminal)} {second}",
        "0 {second}",
        ANY_ORDER,
    ),
    Mutant(
        "created is older than anything else",
        "decisions/registers.py",
        "    if rank is Rank.CREATED:\n",
        "    if False:\n",
        "tests/unit/conversation/test_whose_is_it.py::test_created_stamped_after_the_update_that_activated_it",
    ),
    Mutant(
        "the revision guards the whole ledger",
        "decisions/writes.py",
        "AllOf((guard, *_existing(policy)))",
        "AllOf(_existing(policy))",
        ANY_ORDER,
    ),
    Mutant(
        "the blind write only for the only live one",
        "decisions/subscription_change.py",
        "                _knows_no_other(only) if ends else Equal((LIVE,), only),\n",
        "",
        ANY_ORDER,
    ),
    Mutant(
        "an end is written unseen only where no other is known, ended ones included",
        "decisions/subscription_change.py",
        "AllOf((Equal((LIVE,), only), Absent((OTHERS,))))",
        "Equal((LIVE,), only)",
        ANY_ORDER,
    ),
    Mutant(
        "a label that was taken off is not the claim's",
        "decisions/registers.py",
        "            attribute[_LABEL] = None\n",
        "            pass\n",
        f"{_STORED}what_is_held_is_read_back_as_it_was",
    ),
    Mutant(
        "times of any length sort inside a version",
        "decisions/short_forms.py",
        'f"{_LATE}{seconds:012}"',
        "str(seconds)",
        f"{_STORED}times_inside_versions_sort_as_times",
    ),
    Mutant(
        "dead ones by the time of their end",
        "decisions/ranking.py",
        "end = subscription.ended or subscription.created",
        "end = subscription.created",
        ANY_ORDER,
    ),
    Mutant(
        "the event id kept out of the version",
        "decisions/subscription_change.py",
        "        candidates = {**seen.candidates, self.event_id: Candidate(self.subscription, self.before)}",
        "        if self.event_id < max(seen.candidates):\n"
        "            return self._unless_stale(item, ledger, held, Reason.STALE)\n"
        "        return self._write(item, ledger, held, self._register(), None)",
        ASKED,
    ),
    Mutant(
        "the round-trip allowance of a fetched state",
        "stripe_side/api.py",
        "timedelta(seconds=math.ceil(round_trip_seconds) + 1)",
        "timedelta(seconds=0)",
        "tests/unit/stripe_side/test_api.py::test_as_of_allows_for_the_round_trip",
    ),
    Mutant(
        "refusing a state that may be too old",
        "conversation/fetching.py",
        "if as_of < not_before:",
        "if False:",
        f"{_MISSED}test_an_answer_older_than_the_event_comes_back",
    ),
    Mutant(
        "events of a closed subscription are skipped",
        "decisions/compaction.py",
        'return any(entry.endswith(f" {subscription_id}") for entry in ledger.closed)',
        "return False",
        DEAD,
    ),
    Mutant(
        "what may have been dropped is looked up",
        "decisions/compaction.py",
        "    return created is None or created <= ledger.floor\n",
        "    return False\n",
        DROPPED,
    ),
    # What is shown?
    Mutant(
        "an invoice is as new as its creation, whatever becomes of it",
        "decisions/payments.py",
        "            invoice_created,\n            payment.invoice_id,\n",
        "            second,\n            payment.invoice_id,\n",
        ANY_ORDER,
    ),
    Mutant(
        "a settled invoice stays settled",
        "decisions/payments.py",
        "            str(int(is_settled)),\n",
        "",
        PAYMENTS,
    ),
    Mutant(
        "an invoice that asks for nothing is no payment",
        "decisions/decide.py",
        "Skip(Reason.NOTHING_DUE) if event.invoice.asks_for_nothing else None",
        "None",
        ANY_ORDER,
    ),
    Mutant(
        "nothing is tried again of what has ended",
        "decisions/view.py",
        "    return view if is_live else view | {NEXT_ATTEMPT: None}\n",
        "    return view\n",
        ANY_ORDER,
    ),
    Mutant(
        "a next attempt is written unseen only for what lives",
        "decisions/payment_change.py",
        "(Holds((LIVE,), self.subscription_id),) if tries_again else ()",
        "()",
        ANY_ORDER,
    ),
    Mutant(
        "an end takes the next attempt away",
        "decisions/subscription_change.py",
        "{LIVE: None, OTHERS: only, NEXT_ATTEMPT: None}",
        "{LIVE: None, OTHERS: only}",
        ANY_ORDER,
    ),
    Mutant(
        "only what is ours is live",
        "decisions/ledger.py",
        "return {key: state for key, state in self.ours(shows).items() if",
        "states = {key: one.subscription for key, one in self.registers.items()}\n"
        "        return {key: state for key, state in states.items() if",
        ANY_ORDER,
    ),
    Mutant(
        "what has ended gives no access and is not tried again",
        "decisions/ledger.py",
        "in self.ours(shows).items() if not state.is_terminal}",
        "in self.ours(shows).items()}",
        ANY_ORDER,
    ),
    Mutant(
        "another app's subscription is not shown",
        "decisions/filters.py",
        "    if not shows.has_filter:\n        return True\n    return _has_product(",
        "    return True\n    return _has_product(",
        ANY_ORDER,
    ),
    Mutant(
        "another app's subscription is never written unseen",
        "decisions/subscription_change.py",
        "if not is_ours(subscription, shows) or (is_first and subscription.is_terminal):",
        "if is_first and subscription.is_terminal:",
        ANY_ORDER,
    ),
    Mutant(
        "of the dead the best of ours is kept",
        "decisions/compaction.py",
        "best = {is_ours(one, shows): one.id",
        "best = {True: one.id",
        DEAD,
    ),
    Mutant(
        "the plan is what the settings say, and not what Stripe lists first",
        "decisions/ranking.py",
        "key=lambda item: (shows.place(item.product_id), item.metered)",
        "key=lambda item: item.metered",
        ANY_ORDER,
    ),
    Mutant(
        "what is metered is not the plan",
        "decisions/ranking.py",
        "(shows.place(item.product_id), item.metered)",
        "shows.place(item.product_id)",
        ANY_ORDER,
    ),
    Mutant(
        "a plan is better than an add-on",
        "decisions/ranking.py",
        "        place > -len(shows.plan_product_ids),\n",
        "",
        "tests/unit/decisions/test_primary.py::test_a_plan_does_not_give_way_to_an_add_on_while_it_is_past_due",
    ),
    Mutant(
        "access while past due ends with the newest failed invoice's days",
        "decisions/access.py",
        "times = (self.subscription.latest_period_start, failed)",
        "times = (self.subscription.latest_period_start,)",
        "tests/unit/decisions/test_access.py::test_past_due_lasts_so_many_days",
    ),
    Mutant(
        "an update to past due asks for the newest invoice",
        "decisions/subscription_change.py",
        'if not is_first and subscription.status == "past_due" and shows.limits_past_due:',
        "if False:",
        "tests/unit/decisions/test_access.py::test_past_due_lasts_so_many_days",
    ),
    Mutant(
        "an invoice of what is past due may end its access earlier",
        "decisions/payment_change.py",
        '((Differs(("subscriptionStatus",), "past_due"),) if is_limited else ())',
        "()",
        "tests/unit/decisions/test_access.py::test_past_due_lasts_so_many_days",
    ),
    Mutant(
        "a subscription event asks that the view is by the settings of now",
        "decisions/subscription_change.py",
        "                Equal((SETTINGS,), shows.fingerprint),\n",
        "",
        "tests/unit/dynamodb/test_requests_per_event.py::test_changed_settings_cost_each_user_one_more_request_once",
    ),
    Mutant(
        "an invoice asks that the view is by the settings of now",
        "decisions/payment_change.py",
        "                Equal((SETTINGS,), self.circumstances.policy.shows.fingerprint),\n",
        "",
        CHANGED,
    ),
    # Who is right?
    Mutant(
        "the subscription's own label is better than an invoice's",
        "decisions/claims.py",
        "    INVOICE = 2\n    LABEL = 3\n",
        "    INVOICE = 3\n    LABEL = 2\n",
        OWNERS,
    ),
    Mutant(
        "an invoice's label is better than the customer's",
        "decisions/claims.py",
        "    CUSTOMER = 1\n    INVOICE = 2\n",
        "    CUSTOMER = 2\n    INVOICE = 1\n",
        EARLIER,
    ),
    Mutant(
        "a label is as old as the invoice that it is on",
        "decisions/naming.py",
        'version = f"{event.invoice.created} {event.invoice.id}"',
        'version = f"{event.created} {event.invoice.id}"',
        f"{CASES}test_an_invoices_label_is_as_old_as_the_invoice",
    ),
    Mutant(
        "a label that was taken off still counts",
        "decisions/naming.py",
        "user_id = subscription.user_id or (before.user_id if before else None)",
        "user_id = subscription.user_id",
        OWNERS,
    ),
    Mutant(
        "a customer's beginning is older than any session",
        "decisions/naming.py",
        'f"{LOWEST_SECOND} {int(rank)}"',
        'f"{event.created} {int(rank)}"',
        f"{CASES}test_a_customers_beginning_is_older_than_any_session",
    ),
    Mutant(
        "what is told of an invoice is no newer than what is told of its subscription",
        "conversation/snapshots.py",
        "min(invoice.uncollectible_at or finalized or invoice.created, of.created)",
        "invoice.uncollectible_at or finalized or invoice.created",
        "test_test_clocks.py::test_any_delivery_and_a_backfill_in_between_give_the_true_profiles",
    ),
    Mutant(
        "under a test clock a session is not newer than its event",
        "decisions/naming.py",
        "min(event.session.created or event.created, event.created)",
        "(event.session.created or event.created)",
        f"{CASES}test_a_session_of_a_time_to_come_is_as_old_as_its_event",
    ),
    Mutant(
        "a session is as old as itself, not as its event",
        "decisions/naming.py",
        "min(event.session.created or event.created, event.created)",
        "event.created",
        "tests/unit/operations/test_asking.py::test_asking_twice_writes_nothing_more",
    ),
    Mutant(
        "an answer is for whom it is expected to be",
        "operations/question.py",
        "return self.expected_user_id is None or user_id == self.expected_user_id",
        "return True",
        ASKING,
    ),
    Mutant(
        "an answer tells what is about the user's own profile",
        "operations/answers.py",
        "if one.user_id == self.user_id",
        "if True",
        ASKING,
    ),
    Mutant(
        "in one second a session is better than the customer",
        "decisions/naming.py",
        "_SESSION = int(Rank.SNAPSHOT) + 1",
        "_SESSION = int(Rank.CREATED)",
        "tests/unit/conversation/test_owners.py::test_a_session_of_the_same_second_beats_the_customer",
    ),
    Mutant(
        "what labels of one second changed puts them in order",
        "decisions/claims.py",
        "end, certain = walks_end(steps)",
        "end, certain = steps[max(steps)][1], True",
        "tests/unit/conversation/test_owners.py::test_two_moves_of_one_second_are_put_in_order_by_what_they_changed",
    ),
    Mutant(
        "a label that went there and back in one second is asked of Stripe",
        "conversation/owners.py",
        "is_settled = verdict.certain or verdict.claim.kind is not Kind.LABEL",
        "is_settled = True",
        f"{CASES}test_there_and_back_behind_a_newer_state_is_asked_of_stripe_too",
    ),
    Mutant(
        "the claim that stands in the item counts too",
        "conversation/owners.py",
        "standing = strongest((link.claim if link else None, held.claim))",
        "standing = strongest((link.claim if link else held.claim,))",
        OWNERS,
    ),
    Mutant(
        "an event whose state is stale still says whose it is",
        "decisions/subscription_change.py",
        "if self.claim is None and self.brought == NOTHING:",
        "if self.brought == NOTHING:",
        f"{CASES}test_an_event_whose_state_is_stale_still_says_whose_it_is",
    ),
    Mutant(
        "a customer's label that was asked of Stripe is older than any session",
        "decisions/naming.py",
        'f"{LOWEST_SECOND} {int(Rank.SNAPSHOT)} {as_of}"',
        'f"{as_of} {int(Rank.SNAPSHOT)}"',
        f"{CASES}test_a_customers_label_that_was_asked_for_is_older_than_any_session",
    ),
    Mutant(
        "a customer's update that leaves the label alone claims nothing",
        "decisions/naming.py",
        "(rank is Rank.UPDATED and not customer.is_relabelled)",
        "False",
        "tests/unit/conversation/test_owners.py::test_what_names_nobody_costs_no_request",
    ),
    Mutant(
        "a customer's claim of the same second hands over too, if it settles who was last",
        "conversation/customers.py",
        "    return verdict is not None and verdict.claim.user_id == link.owner\n",
        "    return verdict is not None and link.claim.key >= best.key\n",
        f"{CASES}test_two_labels_of_a_customer_in_one_second_are_put_in_order_by_what_they_changed",
    ),
    Mutant(
        "what Stripe does not show any more is asked once",
        "conversation/owners.py",
        " or case.was_refetched",
        "",
        f"{CASES}test_what_stripe_does_not_show_any_more_is_asked_once",
    ),
    Mutant(
        "an invoice does not guess",
        "conversation/cases.py",
        "return event is not None and (event.subscription is not None or event.alongside is not None)",
        "return event is not None",
        EARLIER,
    ),
    # One owner at a time
    Mutant(
        "a link is written only if it is as it was seen",
        "conversation/model.py",
        "return {} if found == change.seen else {change.subscription_id: found}",
        "return {}",
        OWNERS,
    ),
    Mutant(
        "a move takes along what the former owner's item holds",
        "decisions/subscription_change.py",
        "held = merged(ledger.of(self.subscription.id), self.brought)",
        "held = ledger.of(self.subscription.id)",
        OWNERS,
    ),
    Mutant(
        "the former owner's item must be as it was seen, also where it holds nothing",
        "conversation/commits.py",
        "(), condition, Reason.LINKED)",
        "(), type(unchanged(item, case.policy))(()), Reason.LINKED)",
        f"{CASES}test_a_subscription_that_comes_back_meanwhile_is_not_left_behind",
    ),
    Mutant(
        "a customer's claim hands over what has a lesser one",
        "conversation/customers.py",
        "    for subscription_id, link in sorted(known.links.items()):\n",
        "    for subscription_id, link in ():\n",
        COMPANIONS,
    ),
    Mutant(
        "what follows from the whole customer is guarded by its revision",
        "conversation/commits.py",
        "        return _as_seen(known)\n",
        "        return CustomerChange(Guard.NONE)\n",
        OWNERS,
    ),
    # What waits
    Mutant(
        "a first event that finds something parked applies it",
        "conversation/commits.py",
        "Guard.NO_SUMMARY if known.parked else Guard.NOTHING_KEPT",
        "Guard.NONE",
        ONE_USER,
    ),
    Mutant(
        "parking only while the customer is as it was seen",
        "conversation/commits.py",
        "change = _as_seen(known) if user_id is None else change",
        "change = change",
        f"{CASES}test_nothing_is_parked_once_the_customer_has_an_owner",
    ),
    Mutant(
        "the blind write only where nothing is left to drain",
        "decisions/subscription_change.py",
        "                Absent((name, CLAIM, UNLINKED)),\n",
        "",
        f"{CASES}test_the_next_event_drains_what_a_killed_one_left",
    ),
    Mutant(
        "a drain notices what is parked while it applies something",
        "conversation/commits.py",
        "customer=attrs.evolve(_as_seen(known), unparks=frozenset({case.id})),",
        "customer=CustomerChange(Guard.NONE, unparks=frozenset({case.id})),",
        f"{CASES}test_a_drain_notices_what_is_parked_while_it_applies_something",
    ),
    Mutant(
        "what was parked during a drain is drained too",
        "conversation/draining.py",
        "if known.parked - read:",
        "if False:",
        f"{CASES}test_a_drain_notices_what_is_parked_while_it_applies_something",
    ),
    Mutant(
        "a session applies what waits",
        "conversation/handling.py",
        "return case.only_claims or not case.policy.create_missing_profile",
        "return not case.policy.create_missing_profile",
        ONE_USER,
    ),
    Mutant(
        "the next event applies what waited for a profile",
        "conversation/handling.py",
        "return case.only_claims or not case.policy.create_missing_profile",
        "return case.only_claims",
        f"{CASES}test_what_waits_for_a_profile_comes_with_the_customers_next_event",
    ),
    Mutant(
        "a parked thin event is fetched when it is drained",
        "conversation/draining.py",
        "        found = yield from whole(one, policy)\n",
        "        found = one if one.related_id is None else Missing.GONE\n",
        THIN,
    ),
    Mutant(
        "what waits for a profile is kept only while there is none",
        "conversation/commits.py",
        "        absent=user_id,\n",
        "        absent=None,\n",
        ONLY_EXISTING,
    ),
    Mutant(
        "a move to somebody without a profile keeps what the former owner's item held",
        "conversation/owners.py",
        "    held, customer_id = Ledger.from_item(decision.set).of(case.subscription_id), ",
        "    held, customer_id = NOTHING, ",
        "tests/unit/conversation/test_owners.py::test_a_move_to_a_user_without_a_profile_waits_for_it",
    ),
    # Thin events, and what Stripe failed to tell
    Mutant(
        "a thin event is the snapshot event that it names",
        "conversation/thin_events.py",
        "    if found is None or (found.type",
        "    if True or (found.type",
        EITHER_FORM,
    ),
    Mutant(
        "a happening has one id, in whichever form it comes",
        "conversation/thin_events.py",
        "attrs.evolve(found, account=",
        "attrs.evolve(found, id=event.id, account=",
        f"{_THIN}test_a_happening_that_comes_in_both_forms_is_one",
    ),
    Mutant(
        "an event of another object is not taken for a thin one's",
        "conversation/thin_events.py",
        "(found.type, found.object_id) != (event.plain_type, object_id)",
        "False",
        f"{_THIN}test_a_snapshot_event_of_something_else_is_not_taken_for_it",
    ),
    Mutant(
        "an object is gone only where Stripe knows its event",
        "conversation/thin_events.py",
        "Missing.GONE if is_known else Missing.UNKNOWN",
        "Missing.GONE",
        f"{_THIN}test_a_key_of_another_account_loses_nothing",
    ),
    Mutant(
        "an invoice that Stripe failed to tell of brings its subscription",
        "conversation/cases.py",
        "        moved=_alongside(event),\n",
        "",
        f"{_MISSED}test_an_invoice_repairs_both_of_a_profile_that_is_behind",
    ),
    Mutant(
        "what is open is a failed payment only where that is what was missed",
        "conversation/catching_up.py",
        "by_status is None and not has_failed",
        "False",
        f"{_MISSED}test_an_invoice_brings_its_subscription_and_the_payment",
    ),
    # Entitlements
    Mutant(
        "a subscription that comes to somebody asks that no summary is recorded",
        "conversation/model.py",
        "return not customer.parked and customer.entitlements is None",
        "return not customer.parked",
        f"{_WHOSE}test_nobody_owns_a_subscription_yet",
    ),
    Mutant(
        "a summary of one second that does not tell what was before may be the last",
        "decisions/entitlements.py",
        "certain and not places",
        "certain",
        "tests/unit/conversation/test_entitlements.py"
        "::test_what_was_before_is_not_told_of_one_so_stripe_says",
    ),
    Mutant(
        "who was shown a customer's entitlements loses them when they are another user's",
        "conversation/projecting.py",
        "{entitlements.shown_to: NO_KEYS}",
        "{}",
        "test_entitlements.py::test_entitlements_are_shown_to_whose_they_are[without key-moves]",
    ),
    Mutant(
        "a profile that needs no write must still be as it was seen",
        "conversation/projecting.py",
        "            others.append(write)\n",
        "            others += [] if write.only_checks else [write]\n",
        f"{_WHOSE}test_a_profile_that_needed_no_write_is_looked_at_again",
    ),
    Mutant(
        "a customer's own label hands its entitlements over",
        "conversation/customers.py",
        "        request = yield from projected(request, known, policy)\n",
        "",
        f"{_WHOSE}test_with_several_owners_the_customers_own_label_decides",
    ),
    # Repairs
    Mutant(
        "a payment that comes along with a state is the newer of both",
        "decisions/payments.py",
        "return told if held is None or held.version < told.version else held",
        "return told",
        f"{_REPAIRS}test_a_stored_payment_that_is_newer_stays",
    ),
    Mutant(
        "a batch knows the revision of what its repairs wrote",
        "comparison/batch.py",
        "{**after, REVISION: revision}",
        "after",
        f"{_REPAIRS}test_several_subscriptions_of_one_user_take_one_each",
    ),
    Mutant(
        "a write that was rehearsed on what is there no more is decided anew",
        "comparison/comparer.py",
        "if written and written[0] is not None:\n            batch.learn(rehearsal, written[0].revision)\n",
        "if written:\n",
        f"{_REPAIRS}test_what_was_written_meanwhile_is_seen",
    ),
    Mutant(
        "what is about one customer is done by one worker",
        "comparison/crew.py",
        "number = self._holder(keys)",
        "number = None",
        "tests/unit/comparison/test_crew.py::test_what_is_about_one_customer_is_done_by_one_worker_in_order",
    ),
    # What is told of a profile?
    Mutant(
        "one change of a user in a request",
        "profile_events/ordering.py",
        "        if one.change.user_id in users:\n            continue\n",
        "",
        f"{_TOLD}test_each_users_changes_are_told_in_order",
    ),
    Mutant(
        "what comes after a refused change waits with it",
        "profile_events/putting.py",
        "                if one.change.user_id in given_up\n",
        "                if one in request and one.change.user_id in given_up\n",
        f"{_TOLD}test_each_users_changes_are_told_in_order",
    ),
    Mutant(
        "from the first record on that was not told",
        "profile_events/app.py",
        "first = min(again,",
        "first = max(again,",
        f"{_TOLD}test_each_users_changes_are_told_in_order",
    ),
    Mutant(
        "the contract's attributes alone",
        "profile_events/images.py",
        "    for name in sorted(names):\n",
        "    for name in sorted({*names, *image}):\n",
        f"{_TOLD}test_a_change_says_exactly_what_changed",
    ),
    Mutant(
        "as JSON tells values apart",
        "profile_events/changes.py",
        "return json.dumps(value, sort_keys=True)",
        "return value",
        f"{_TOLD}test_a_change_says_exactly_what_changed",
    ),
    Mutant(
        "no item but a profile",
        "profile_keys.py",
        "return user_id if all(key.get(name) == part for name, part in expected.items()) else None",
        "return user_id",
        f"{_TOLD}test_only_profiles_are_told_of",
    ),
    Mutant(
        "an item loses a subscription in the transaction that marks it",
        "conversation/marking.py",
        "            writes = (_without(owner, item, subscription_id, self.policy),)\n",
        "            writes = ()\n",
        FORGOTTEN,
    ),
    Mutant(
        "a forgotten customer is nobody's where only the customer says whose it is",
        "conversation/owners.py",
        "    if is_of_customer and known.customer is not None and known.customer.is_forgotten:\n"
        "        return Done(Reason.FORGOTTEN)\n",
        "",
        f"{_FORGETTING}test_of_a_forgotten_customer_only_a_subscriptions_own_label_counts",
    ),
    Mutant(
        "no guess where somebody was forgotten",
        "conversation/owners.py",
        " and not known.marks",
        "",
        FORGOTTEN,
    ),
    Mutant(
        "what a forgotten customer's metadata said stays forgotten",
        "conversation/links.py",
        "return self.forgotten is not None and claim.key <= self.forgotten",
        "return False",
        FORGOTTEN,
    ),
    Mutant(
        "only the user's own part of a customer is forgotten",
        "conversation/parts.py",
        "return self.user_id is None or user_id == self.user_id",
        "return True",
        FORGOTTEN_ALONE,
    ),
    Mutant(
        "a customer of others is not forgotten",
        "conversation/parts.py",
        "return NONE if self.user_id is None else self._named() - {self.user_id}",
        "return NONE",
        f"{_FORGET}test_only_a_part_of_a_shared_customer_is_forgotten",
    ),
    Mutant(
        "a summary of a forgotten customer is not recorded",
        "conversation/entitlements.py",
        "        if known.customer is not None and known.customer.is_forgotten:\n"
        "            return Outcome(applied=False, reason=Reason.FORGOTTEN)\n",
        "",
        f"{_FORGET}test_what_names_only_a_forgotten_customer_is_skipped",
    ),
    Mutant(
        "what shows a forgotten customer's entitlements shows them no longer",
        "conversation/marking.py",
        "            write = with_entitlements(write, item, self._customer_id, NO_KEYS)\n",
        "",
        f"{_FORGET}test_the_entitlements_of_a_deleted_customer_are_shown_no_longer",
    ),
    Mutant(
        "an item with attributes of the app's stays",
        "conversation/forgetting.py",
        "REVISION in item and item.keys() <= ours | {policy.partition_key_name, *keys}",
        "REVISION in item",
        f"{_FORGETTING}test_what_the_app_has_put_on_a_profile_stays",
    ),
    Mutant(
        "of a customer that says nothing of the user nothing is forgotten",
        "conversation/marking.py",
        "        if not part.has_part():\n            return\n",
        "",
        f"{_FORGET}test_a_customer_that_says_nothing_of_the_user_is_left_alone",
    ),
)
