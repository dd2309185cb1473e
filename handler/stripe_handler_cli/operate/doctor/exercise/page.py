"""The exercise's part of docs/production-checklist.md, made of its steps; and the rights it needs. Pure."""

import textwrap

from stripe_handler_cli.operate.doctor.exercise.made_up import USER
from stripe_handler_cli.operate.doctor.exercise.steps import STEPS

RIGHTS = (
    "dynamodb:DeleteItem",
    "dynamodb:UpdateItem",
    "events:CancelReplay",
    "events:DescribeReplay",
    "events:PutEvents",
    "events:StartReplay",
    "iam:SimulatePrincipalPolicy",
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:ReceiveMessage",
)
"""The IAM actions that it uses besides those of the doctor's own."""

_HEAD = """\
## Once for real

`stripe-handler doctor --exercise` does what Stripe does, with a made-up user, and takes all away again. It
needs no Stripe: run it after the first `terraform apply`, and after a change that you are not sure of.

```sh
.venv/bin/stripe-handler doctor --exercise                            # asks first, says what it does
.venv/bin/stripe-handler doctor --exercise --yes --json --strict      # in CI, on a stack of its own
.venv/bin/stripe-handler doctor --exercise --report exercise.json     # for a bug report: no names or keys
.venv/bin/stripe-handler doctor --exercise --skip alarm --skip replay # a minute; these two wait for AWS
```

Each step passes, fails, or is skipped where the stack has nothing of the kind. One that nobody could answer
is `open`, as is the first one on local AWS, which has no IAM; with `--strict` that counts as a failure. A
step that failed names the section of the [runbook](runbook.md) and a command. `--only` and `--skip` take
the names in parentheses; `--only` makes what a step needs as well.
"""
_TAIL = f"""\
**How the event gets in.** Over the bus where others than Stripe may put events on it: a bus of your own
(`bridge_event_source`), or the webhook bridge's own bus. Nobody but Stripe can put events on a partner bus
on AWS. There the event goes straight to the function, asynchronously, as the rule hands it over;
EventBridge is asked whether the deployed rule lets it through (`TestEventPattern`), and the replay is
skipped. The first line of the output says which road was taken; that the rule may invoke the function, the
checks above have looked up, and Stripe's ping of `connect` has shown.

**Who is made up.** The user `{USER}`; where your `user_id_pattern` lets no such id through, one of a UUID's
form or of digits, else `--exercise-user ID`. The event is of the environment's mode, and fits
`handled_product_ids` and `required_metadata`. Where such a profile exists and is not the exercise's,
nothing is sent. With `create_missing_profile = false` an empty profile is made first, as the app would.

**What it touches.** One profile, one customer's items of the sync table, and messages of its own: other
messages of the two queues are looked at and let go of, as `dlq list` does. Listeners of the profile events
hear of the made-up user. The alarms on the failure queue and on the function's errors ring for everybody
who is told, and end by themselves. The drift check, where there is one, begins a pass. A replay takes a few
seconds of the archive, with whatever else came in them; what is known already is skipped. Interrupted, it
cleans up; killed, the next one does, for it uses the same ids.

It takes a quarter of an hour on AWS, most of it for the archive, which wants ten minutes, and for the
alarm; half an hour at most, if something fails. The last line says what it cost by AWS's list prices: a few
hundredths of a cent.

Besides the actions below it uses these. `dynamodb:DeleteItem` may be limited to the made-up user's key
([operator-policy.md](operator-policy.md)); without it an empty item stays. Without the others the steps
concerned are `open`.

```
"""


def render() -> str:
    """The section, as Markdown."""
    steps = [
        textwrap.fill(
            f"- **{step.title}** (`{step.key}`). {step.shows}",
            width=116,
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for step in STEPS
    ]
    return "\n".join([_HEAD, *steps, "", _TAIL + "\n".join(RIGHTS) + "\n```\n"])
