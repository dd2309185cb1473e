"""Why a profile says what it says: the function's log, the ledger and Stripe's own events, put together."""
