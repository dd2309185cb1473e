"""An event put on the bus, followed to what it changed: what `send` and `listen` share."""
