"""Errors whose message is meant for the person at the terminal."""


class CliError(Exception):
    """A command cannot go on; the message says what is wrong and what to do about it."""
