"""`stripe-handler chaos`: a simulated stream, delivered as badly as can be, must end in the true profiles.

`plan` says what is delivered in which order, `certificate` judges what came of it, and `rerun` looks for the
reason in memory (all pure); `play` delivers and kills; `run` sets the stage and `report` shows the outcome.
"""
