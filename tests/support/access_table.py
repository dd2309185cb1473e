"""Until when a subscription gives access, row by row, written out by hand. Data only.

The subscription began on 1 December 2025, sells one thing, and has ended on the 10th where it is canceled.
"""

PERIOD_START = 1_764_547_200
"""2025-12-01T00:00:00Z."""
PERIOD_END = 1_767_225_600
"""2026-01-01T00:00:00Z."""
ENDED = 1_765_324_800
"""2025-12-10T00:00:00Z."""

STATUSES = (
    "active",
    "trialing",
    "past_due",
    "a_future_word",
    "canceled",
    "incomplete",
    "incomplete_expired",
    "unpaid",
    "paused",
)
COLLECTING, HELD = False, True
"""Whether `pause_collection` is set."""

NEVER = "never"
ON_DEC_5 = "cancel_at in the period"
ON_DEC_20 = "cancel_at late in the period"
AT_END = "cancel_at_period_end"
ON_JAN_2 = "cancel_at in the grace"
ON_FEB_1 = "cancel_at after the grace"
CANCELS = {
    NEVER: {"cancel_at": None, "cancel_at_period_end": False},
    ON_DEC_5: {"cancel_at": 1_764_892_800, "cancel_at_period_end": False},
    ON_DEC_20: {"cancel_at": 1_766_188_800, "cancel_at_period_end": False},
    AT_END: {"cancel_at": None, "cancel_at_period_end": True},
    ON_JAN_2: {"cancel_at": 1_767_312_000, "cancel_at_period_end": False},
    ON_FEB_1: {"cancel_at": 1_769_904_000, "cancel_at_period_end": False},
}

OF_ITEM = "the item's period"
OF_SUBSCRIPTION = "the subscription's period"
ENDLESS = "no end"
PERIODS = (OF_ITEM, OF_SUBSCRIPTION, ENDLESS)
"""Where the period's end stands."""

SETTINGS = (
    {},
    {"access_renewal_grace_hours": 0},
    {"access_past_due_days": 0},
    {"access_past_due_days": 7},
    {"access_while_collection_paused": False},
)
"""The settings of each row's five answers."""

NONE = None
DEC_05 = "2025-12-05T00:00:00Z"
DEC_08 = "2025-12-08T00:00:00Z"
DEC_10 = "2025-12-10T00:00:00Z"
DEC_20 = "2025-12-20T00:00:00Z"
JAN_01 = "2026-01-01T00:00:00Z"
JAN_02 = "2026-01-02T00:00:00Z"
JAN_04 = "2026-01-04T00:00:00Z"
FEB_01 = "2026-02-01T00:00:00Z"
FOR_EVER = "9999-12-31T23:59:59Z"

ACTIVE = ("active", "trialing")
DATED = (OF_ITEM, OF_SUBSCRIPTION)
EITHER = (COLLECTING, HELD)
ANY_CANCEL = tuple(CANCELS)
ANY_PERIOD = PERIODS

# Statuses, pause_collection, cancel, period; then until when, by default, without grace, with no day of
# past_due, with seven, and where paused collection gives no access.
ROWS = (
    (ACTIVE, [COLLECTING], [NEVER], DATED, (JAN_04, JAN_01, JAN_04, JAN_04, JAN_04)),
    (ACTIVE, [COLLECTING], [ON_DEC_5], DATED, (DEC_05, DEC_05, DEC_05, DEC_05, DEC_05)),
    (ACTIVE, [COLLECTING], [ON_DEC_20], DATED, (DEC_20, DEC_20, DEC_20, DEC_20, DEC_20)),
    (ACTIVE, [COLLECTING], [AT_END], DATED, (JAN_01, JAN_01, JAN_01, JAN_01, JAN_01)),
    (ACTIVE, [COLLECTING], [ON_JAN_2], DATED, (JAN_02, JAN_01, JAN_02, JAN_02, JAN_02)),
    (ACTIVE, [COLLECTING], [ON_FEB_1], DATED, (JAN_04, JAN_01, JAN_04, JAN_04, JAN_04)),
    (ACTIVE, [COLLECTING], [NEVER], [ENDLESS], (FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER)),
    (ACTIVE, [COLLECTING], [ON_DEC_5], [ENDLESS], (DEC_05, DEC_05, DEC_05, DEC_05, DEC_05)),
    (ACTIVE, [COLLECTING], [ON_DEC_20], [ENDLESS], (DEC_20, DEC_20, DEC_20, DEC_20, DEC_20)),
    (ACTIVE, [COLLECTING], [AT_END], [ENDLESS], (FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER)),
    (ACTIVE, [COLLECTING], [ON_JAN_2], [ENDLESS], (JAN_02, JAN_02, JAN_02, JAN_02, JAN_02)),
    (ACTIVE, [COLLECTING], [ON_FEB_1], [ENDLESS], (FEB_01, FEB_01, FEB_01, FEB_01, FEB_01)),
    (ACTIVE, [HELD], [NEVER], DATED, (JAN_04, JAN_01, JAN_04, JAN_04, NONE)),
    (ACTIVE, [HELD], [ON_DEC_5], DATED, (DEC_05, DEC_05, DEC_05, DEC_05, NONE)),
    (ACTIVE, [HELD], [ON_DEC_20], DATED, (DEC_20, DEC_20, DEC_20, DEC_20, NONE)),
    (ACTIVE, [HELD], [AT_END], DATED, (JAN_01, JAN_01, JAN_01, JAN_01, NONE)),
    (ACTIVE, [HELD], [ON_JAN_2], DATED, (JAN_02, JAN_01, JAN_02, JAN_02, NONE)),
    (ACTIVE, [HELD], [ON_FEB_1], DATED, (JAN_04, JAN_01, JAN_04, JAN_04, NONE)),
    (ACTIVE, [HELD], [NEVER], [ENDLESS], (FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER, NONE)),
    (ACTIVE, [HELD], [ON_DEC_5], [ENDLESS], (DEC_05, DEC_05, DEC_05, DEC_05, NONE)),
    (ACTIVE, [HELD], [ON_DEC_20], [ENDLESS], (DEC_20, DEC_20, DEC_20, DEC_20, NONE)),
    (ACTIVE, [HELD], [AT_END], [ENDLESS], (FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER, NONE)),
    (ACTIVE, [HELD], [ON_JAN_2], [ENDLESS], (JAN_02, JAN_02, JAN_02, JAN_02, NONE)),
    (ACTIVE, [HELD], [ON_FEB_1], [ENDLESS], (FEB_01, FEB_01, FEB_01, FEB_01, NONE)),
    (["past_due"], [COLLECTING], [NEVER], DATED, (JAN_04, JAN_01, NONE, DEC_08, JAN_04)),
    (["past_due"], [COLLECTING], [ON_DEC_5], DATED, (DEC_05, DEC_05, NONE, DEC_05, DEC_05)),
    (["past_due"], [COLLECTING], [ON_DEC_20], DATED, (DEC_20, DEC_20, NONE, DEC_08, DEC_20)),
    (["past_due"], [COLLECTING], [AT_END], DATED, (JAN_01, JAN_01, NONE, DEC_08, JAN_01)),
    (["past_due"], [COLLECTING], [ON_JAN_2], DATED, (JAN_02, JAN_01, NONE, DEC_08, JAN_02)),
    (["past_due"], [COLLECTING], [ON_FEB_1], DATED, (JAN_04, JAN_01, NONE, DEC_08, JAN_04)),
    (["past_due"], [COLLECTING], [NEVER], [ENDLESS], (FOR_EVER, FOR_EVER, NONE, DEC_08, FOR_EVER)),
    (["past_due"], [COLLECTING], [ON_DEC_5], [ENDLESS], (DEC_05, DEC_05, NONE, DEC_05, DEC_05)),
    (["past_due"], [COLLECTING], [ON_DEC_20], [ENDLESS], (DEC_20, DEC_20, NONE, DEC_08, DEC_20)),
    (["past_due"], [COLLECTING], [AT_END], [ENDLESS], (FOR_EVER, FOR_EVER, NONE, DEC_08, FOR_EVER)),
    (["past_due"], [COLLECTING], [ON_JAN_2], [ENDLESS], (JAN_02, JAN_02, NONE, DEC_08, JAN_02)),
    (["past_due"], [COLLECTING], [ON_FEB_1], [ENDLESS], (FEB_01, FEB_01, NONE, DEC_08, FEB_01)),
    (["past_due"], [HELD], [NEVER], DATED, (JAN_04, JAN_01, NONE, DEC_08, NONE)),
    (["past_due"], [HELD], [ON_DEC_5], DATED, (DEC_05, DEC_05, NONE, DEC_05, NONE)),
    (["past_due"], [HELD], [ON_DEC_20], DATED, (DEC_20, DEC_20, NONE, DEC_08, NONE)),
    (["past_due"], [HELD], [AT_END], DATED, (JAN_01, JAN_01, NONE, DEC_08, NONE)),
    (["past_due"], [HELD], [ON_JAN_2], DATED, (JAN_02, JAN_01, NONE, DEC_08, NONE)),
    (["past_due"], [HELD], [ON_FEB_1], DATED, (JAN_04, JAN_01, NONE, DEC_08, NONE)),
    (["past_due"], [HELD], [NEVER], [ENDLESS], (FOR_EVER, FOR_EVER, NONE, DEC_08, NONE)),
    (["past_due"], [HELD], [ON_DEC_5], [ENDLESS], (DEC_05, DEC_05, NONE, DEC_05, NONE)),
    (["past_due"], [HELD], [ON_DEC_20], [ENDLESS], (DEC_20, DEC_20, NONE, DEC_08, NONE)),
    (["past_due"], [HELD], [AT_END], [ENDLESS], (FOR_EVER, FOR_EVER, NONE, DEC_08, NONE)),
    (["past_due"], [HELD], [ON_JAN_2], [ENDLESS], (JAN_02, JAN_02, NONE, DEC_08, NONE)),
    (["past_due"], [HELD], [ON_FEB_1], [ENDLESS], (FEB_01, FEB_01, NONE, DEC_08, NONE)),
    (["a_future_word"], [COLLECTING], [NEVER], DATED, (JAN_01, JAN_01, JAN_01, JAN_01, JAN_01)),
    (["a_future_word"], [COLLECTING], [ON_DEC_5], DATED, (DEC_05, DEC_05, DEC_05, DEC_05, DEC_05)),
    (["a_future_word"], [COLLECTING], [ON_DEC_20], DATED, (DEC_20, DEC_20, DEC_20, DEC_20, DEC_20)),
    (["a_future_word"], [COLLECTING], [AT_END], DATED, (JAN_01, JAN_01, JAN_01, JAN_01, JAN_01)),
    (["a_future_word"], [COLLECTING], [ON_JAN_2], DATED, (JAN_01, JAN_01, JAN_01, JAN_01, JAN_01)),
    (["a_future_word"], [COLLECTING], [ON_FEB_1], DATED, (JAN_01, JAN_01, JAN_01, JAN_01, JAN_01)),
    (["a_future_word"], [COLLECTING], [NEVER], [ENDLESS], (FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER)),
    (["a_future_word"], [COLLECTING], [ON_DEC_5], [ENDLESS], (DEC_05, DEC_05, DEC_05, DEC_05, DEC_05)),
    (["a_future_word"], [COLLECTING], [ON_DEC_20], [ENDLESS], (DEC_20, DEC_20, DEC_20, DEC_20, DEC_20)),
    (
        ["a_future_word"],
        [COLLECTING],
        [AT_END],
        [ENDLESS],
        (FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER),
    ),
    (["a_future_word"], [COLLECTING], [ON_JAN_2], [ENDLESS], (JAN_02, JAN_02, JAN_02, JAN_02, JAN_02)),
    (["a_future_word"], [COLLECTING], [ON_FEB_1], [ENDLESS], (FEB_01, FEB_01, FEB_01, FEB_01, FEB_01)),
    (["a_future_word"], [HELD], [NEVER], DATED, (JAN_01, JAN_01, JAN_01, JAN_01, NONE)),
    (["a_future_word"], [HELD], [ON_DEC_5], DATED, (DEC_05, DEC_05, DEC_05, DEC_05, NONE)),
    (["a_future_word"], [HELD], [ON_DEC_20], DATED, (DEC_20, DEC_20, DEC_20, DEC_20, NONE)),
    (["a_future_word"], [HELD], [AT_END], DATED, (JAN_01, JAN_01, JAN_01, JAN_01, NONE)),
    (["a_future_word"], [HELD], [ON_JAN_2], DATED, (JAN_01, JAN_01, JAN_01, JAN_01, NONE)),
    (["a_future_word"], [HELD], [ON_FEB_1], DATED, (JAN_01, JAN_01, JAN_01, JAN_01, NONE)),
    (["a_future_word"], [HELD], [NEVER], [ENDLESS], (FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER, NONE)),
    (["a_future_word"], [HELD], [ON_DEC_5], [ENDLESS], (DEC_05, DEC_05, DEC_05, DEC_05, NONE)),
    (["a_future_word"], [HELD], [ON_DEC_20], [ENDLESS], (DEC_20, DEC_20, DEC_20, DEC_20, NONE)),
    (["a_future_word"], [HELD], [AT_END], [ENDLESS], (FOR_EVER, FOR_EVER, FOR_EVER, FOR_EVER, NONE)),
    (["a_future_word"], [HELD], [ON_JAN_2], [ENDLESS], (JAN_02, JAN_02, JAN_02, JAN_02, NONE)),
    (["a_future_word"], [HELD], [ON_FEB_1], [ENDLESS], (FEB_01, FEB_01, FEB_01, FEB_01, NONE)),
    (["canceled"], EITHER, ANY_CANCEL, ANY_PERIOD, (DEC_10, DEC_10, DEC_10, DEC_10, DEC_10)),
    (["incomplete"], EITHER, ANY_CANCEL, ANY_PERIOD, (NONE, NONE, NONE, NONE, NONE)),
    (["incomplete_expired"], EITHER, ANY_CANCEL, ANY_PERIOD, (NONE, NONE, NONE, NONE, NONE)),
    (["unpaid"], EITHER, ANY_CANCEL, ANY_PERIOD, (NONE, NONE, NONE, NONE, NONE)),
    (["paused"], EITHER, ANY_CANCEL, ANY_PERIOD, (NONE, NONE, NONE, NONE, NONE)),
)
