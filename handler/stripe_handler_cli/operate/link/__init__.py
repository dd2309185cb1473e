"""The command `link`: names the user of a subscription at Stripe, where an event waits because nobody has.

`labels` reads and writes at Stripe, `linking` looks first, asks and writes, `by_hand` makes the command for
who has no key here, `report` tells the outcome.
"""
