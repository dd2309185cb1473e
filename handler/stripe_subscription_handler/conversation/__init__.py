"""How an event is handled, as pure generators: they yield what is to be read or written, and get answers."""
