"""Commands put together from several rooms, each in a module of its name."""
