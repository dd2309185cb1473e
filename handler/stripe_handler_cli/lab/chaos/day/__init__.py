"""A day of a simulated business on which much goes wrong and nobody helps: the stack must heal by itself.

`plan` says what befalls whom and when, `watch` tells from looks at the profiles how long each was wrong, and
`certificate` counts it (all pure). `stripe` is the account on that day, by `clock`; `past` plays what was
before it, `play` the day itself, `mischief` does harm to the table, `loop` is the drift check's schedule;
`run` sets the stage, and `report` shows the outcome.
"""
