"""Prints what is wrong, and below it the command that repairs it. Prints only."""

from rich.console import Console


def print_repair(console: Console, told: str, command: str) -> None:
    console.print(f"\n[red]{told}[/red] To repair it, with a Stripe key:")
    # Not folded: it is to be copied.
    console.print(f"  {command}", markup=False, soft_wrap=True)
