"""A command that takes a user's id, which may begin with `-`. Parses; knows no command."""

import shlex

import click


class UserCommand(click.Command):
    """Takes what begins with one `-` for an id: but for `-h`, all options of ours begin with two."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; one that begins with `--` and is no option can only be an id behind `--`."""
        try:
            return super().parse_args(ctx, self._sorted(ctx, args))
        except click.NoSuchOption as error:
            name = error.option_name
            told = f"A user id that begins with -- goes behind a -- of its own: {ctx.command_path} -- {name}"
            raise click.UsageError(f"{error.format_message()} {told}", ctx) from error

    def _sorted(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options first, then everything else behind `--`."""
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option)]
        with_value = {name for one in options if not one.is_flag for name in one.opts}
        given: list[str] = []
        others: list[str] = []
        rest = iter(args)
        for one in rest:
            if one == "--":
                others += rest
            elif one in with_value:
                value = next(rest, None)
                if value is None:
                    return [*given, one]  # which click refuses
                given += [one, value]
            elif one.startswith("--") or one in ctx.help_option_names:
                given.append(one)
            else:
                others.append(one)
        return [*given, "--", *others] if others else given


def as_argument(user_id: str) -> str:
    """A user's id as the end of a command line for people to copy."""
    return f"-- {shlex.quote(user_id)}" if user_id.startswith("--") else shlex.quote(user_id)
