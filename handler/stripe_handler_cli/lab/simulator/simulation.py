"""From a seed to lives, one by one or all together. Pure: the same seed and options give the same bytes."""

import random
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import attrs

from stripe_handler_cli.lab.simulator.api_versions import CURRENT, ApiVersion
from stripe_handler_cli.lab.simulator.book import Book
from stripe_handler_cli.lab.simulator.delivery import has_thin_form, thin_event
from stripe_handler_cli.lab.simulator.expansion import EXPANDABLE
from stripe_handler_cli.lab.simulator.life import Happening, Life, stripe_id
from stripe_handler_cli.lab.simulator.naming import begin_customer, drawn_naming, end_customer
from stripe_handler_cli.lab.simulator.options import SimulationOptions
from stripe_handler_cli.lab.simulator.scenarios import Choice, choices
from stripe_handler_cli.lab.simulator.state import Customer, Json
from stripe_handler_cli.lab.simulator.test_clocks import moved
from stripe_handler_cli.lab.simulator.truth.profile import true_profile
from stripe_handler_cli.lab.simulator.truth.settings import DEFAULTS, Settings

_LONGEST_PAUSE_SECONDS = 60 * 86_400


@attrs.frozen
class SimulatedLife:
    """One customer's whole life; the profile of a user without a subscription is empty."""

    users: tuple[str, ...]
    scenarios: tuple[str, ...]
    version: ApiVersion
    happenings: tuple[Happening, ...]
    profiles: dict[str, Json]
    book: Book = attrs.field(repr=False)
    settings: Settings = DEFAULTS

    @property
    def events(self) -> list[Json]:
        """The raw Stripe events, in the order in which they happened."""
        return [happening.event for happening in self.happenings]


@attrs.frozen
class Simulation:
    """A whole simulated account.

    Objects are as Stripe's API returns them at the end of a second, or in the end where no second is named;
    None stands for an object that did not exist then.
    """

    lives: tuple[SimulatedLife, ...]

    @cached_property
    def _happenings(self) -> list[Happening]:
        # Sorting is stable: what one life sent in one second stays in its order.
        every = (happening for life in self.lives for happening in life.happenings)
        return sorted(every, key=lambda happening: happening.second)

    @cached_property
    def events(self) -> list[Json]:
        """The raw Stripe events of all lives, in the order in which they happened."""
        return [happening.event for happening in self._happenings]

    @cached_property
    def profiles(self) -> dict[str, Json]:
        """User id → what the profile must say in the end."""
        return {user: profile for life in self.lives for user, profile in life.profiles.items()}

    @cached_property
    def snapshot_events(self) -> dict[str, Json]:
        """Every event as Stripe's API lists it, by id, in the order in which they happened."""
        return {happening.snapshot["id"]: happening.snapshot for happening in self._happenings}

    @cached_property
    def subscriptions(self) -> dict[str, Json]:
        return self._all("sub_", self.subscription_at)

    @cached_property
    def invoices(self) -> dict[str, Json]:
        return self._all("in_", self.invoice_at)

    @cached_property
    def customers(self) -> dict[str, Json]:
        """Those who are not deleted, as Stripe lists them."""
        every = self._all("cus_", self.customer)
        return {identifier: body for identifier, body in every.items() if not body.get("deleted")}

    @cached_property
    def sessions(self) -> dict[str, Json]:
        return self._all("cs_", self.session)

    @cached_property
    def _life_of(self) -> dict[str, SimulatedLife]:
        return {
            identifier: life
            for life in self.lives
            for held in (
                life.book.customers,
                life.book.subscriptions,
                life.book.invoices,
                life.book.sessions,
            )
            for identifier in held
        }

    def life_of(self, object_id: str) -> SimulatedLife | None:
        return self._life_of.get(object_id)

    def subscription_at(
        self, subscription_id: str, second: int | None = None, version: ApiVersion = CURRENT
    ) -> Json | None:
        return self._found("subscription", subscription_id, second, version)

    def invoice_at(
        self, invoice_id: str, second: int | None = None, version: ApiVersion = CURRENT
    ) -> Json | None:
        return self._found("invoice", invoice_id, second, version)

    def customer(self, customer_id: str) -> Json | None:
        return self._found("customer", customer_id)

    def session(self, session_id: str) -> Json | None:
        return self._found("checkout.session", session_id)

    def _found(self, kind: str, identifier: str, *of: Any) -> Json | None:
        life = self._life_of.get(identifier)
        return life.book.find(kind, identifier, *of) if life else None

    def _all(self, prefix: str, read: Callable[[str], Json | None]) -> dict[str, Json]:
        ids = (identifier for identifier in self._life_of if identifier.startswith(prefix))
        return {identifier: body for identifier in ids if (body := read(identifier)) is not None}


def simulate(seed: int, users: int, options: SimulationOptions | None = None) -> Simulation:
    """Simulate an account of so many customers; those with two users have more profiles than that.

    Raises:
        SimulationError: The options cannot be simulated.
    """
    return Simulation(tuple(iterate_lives(seed, users, options)))


def iterate_lives(seed: int, users: int, options: SimulationOptions | None = None) -> Iterator[SimulatedLife]:
    """Simulate one life after the other, holding only one at a time; otherwise as `simulate`.

    Raises:
        SimulationError: The options cannot be simulated.
    """
    options = options or SimulationOptions()
    drawn_from = choices(options)
    for index in range(users):
        yield _live(seed, index, options, drawn_from)


def simulate_life(seed: int, index: int, options: SimulationOptions) -> SimulatedLife:
    """Simulate one life alone, by its place among those of `iterate_lives`.

    Raises:
        SimulationError: The options cannot be simulated.
    """
    return _live(seed, index, options, choices(options))


def _live(seed: int, index: int, options: SimulationOptions, drawn_from: tuple[Choice, ...]) -> SimulatedLife:
    # Each life has its own source of chance, so the first users do not depend on how many there are.
    rng = random.Random(f"stripe-handler {seed} {index}")  # noqa: S311 - repeatable on purpose
    weights = [choice.scenario.weight for choice in drawn_from]
    first = rng.choices(drawn_from, weights)[0]
    version = _drawn_version(rng, first)
    # Sessions and customers have another one, so that the rest is the same without them.
    aside = random.Random(f"stripe-handler aside {seed} {index}")  # noqa: S311 - repeatable on purpose
    own_page = _drawn_own_page(seed, index, options, version)
    now = options.start_second + rng.randrange(options.spread_seconds + 1)
    life = Life(
        rng=rng,
        aside=aside,
        options=options,
        version=version,
        users=[f"{options.user_prefix}_{seed}_{index:06d}"],
        customer=Customer(
            stripe_id(rng, "cus"),
            now,
            index + 1,
            options.livemode,
            test_clock=_drawn_test_clock(seed, index, options, version),
        ),
        now=now,
        expanded=_drawn_expansion(rng, options),
        naming="label" if first.scenario.alone else drawn_naming(aside, options, version, own_page=own_page),
        own_page=own_page,
        entitled=_drawn_entitled(seed, index, options, version),
    )
    begin_customer(life)
    lived = [first]
    life.start(first.scenario.story(life))
    if not first.scenario.alone and life.chance(options.second_scenario_share):
        others = [choice for choice in drawn_from if version in choice.versions and not choice.scenario.alone]
        second = rng.choices(others, [choice.scenario.weight for choice in others])[0]
        lived.append(second)
        life.start(second.scenario.story(life), rng.randrange(_LONGEST_PAUSE_SECONDS))
    life.run()
    end_customer(life)
    if life.customer.test_clock is not None:
        life.happenings, life.book = moved(life.happenings, life.book)
    return SimulatedLife(
        users=tuple(life.users),
        scenarios=tuple(choice.name for choice in lived),
        version=version,
        happenings=tuple(_as_sent(life, options)),
        profiles={user: true_profile(life.book, user, version, options.settings) for user in life.users},
        settings=options.settings,
        book=life.book,
    )


def _drawn_entitled(
    seed: int, index: int, options: SimulationOptions, version: ApiVersion
) -> random.Random | None:
    rng = random.Random(f"stripe-handler entitlements {seed} {index}")  # noqa: S311 - repeatable on purpose
    may_be_told = options.tells_entitlements and version.has_products
    return rng if may_be_told and rng.random() < options.entitled_share else None


def _drawn_test_clock(seed: int, index: int, options: SimulationOptions, version: ApiVersion) -> str | None:
    rng = random.Random(f"stripe-handler clock {seed} {index}")  # noqa: S311 - repeatable on purpose
    is_under_one = version.has_prices and rng.random() < options.test_clock_share
    return stripe_id(rng, "clock") if is_under_one else None


def _drawn_own_page(seed: int, index: int, options: SimulationOptions, version: ApiVersion) -> bool:
    rng = random.Random(f"stripe-handler page {seed} {index}")  # noqa: S311 - repeatable on purpose
    return version.checkout_charges_first and rng.random() < options.own_page_share


def _drawn_version(rng: random.Random, choice: Choice) -> ApiVersion:
    # First the era, then the version: an era with many versions is not more frequent for it.
    eras = list(dict.fromkeys(version.era for version in choice.versions))
    era = rng.choice(eras)
    return rng.choice([version for version in choice.versions if version.era == era])


def _drawn_expansion(rng: random.Random, options: SimulationOptions) -> frozenset[str]:
    if rng.random() >= options.expanded_share:
        return frozenset()
    return frozenset(rng.sample(EXPANDABLE, rng.randrange(1, len(EXPANDABLE) + 1)))


def _as_sent(life: Life, options: SimulationOptions) -> Iterator[Happening]:
    # Drawn last, so that the same things happen in a life, whatever it is told in.
    is_thin = options.thin or (life.version.has_thin_events and life.chance(options.thin_share))
    for happening in life.happenings:
        # A thin event of entitlements names nobody: the account has them sent as snapshots, beside.
        sends_thin = is_thin and has_thin_form(happening.event)
        event = thin_event(happening.event) if sends_thin else happening.event
        yield attrs.evolve(happening, event=event)
