"""`stripe-handler chaos`: a simulated stream, delivered as badly as can be, must end in the true profiles.

`plan` says what is delivered in which order and `certificate` judges what came of it (both pure);
`play` delivers and kills; `run` sets the stage and `report` shows the outcome.
"""
