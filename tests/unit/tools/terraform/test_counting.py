"""How far an apply is, by what Terraform prints."""

from stripe_handler_cli.tools.terraform.counting import counting


def test_a_replaced_resource_counts_twice() -> None:
    """It is destroyed and created; other lines count nothing."""
    seen: list[tuple[int, int]] = []
    on_line = counting(lambda done, total: seen.append((done, total)))
    for line in (
        "Plan: 2 to add, 1 to change, 1 to destroy.",
        "aws_x.old: Destruction complete after 1s",
        "aws_x.new: Creation complete after 0s [id=1]",
        "aws_y.other: Modifications complete after 0s [id=2]",
        "aws_z.more: Creation complete after 2s [id=3]",
    ):
        on_line(line)
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
