"""Writes docs/production-checklist.md: the doctor's own checks, and what only a person can know. Pure."""

import functools
import textwrap
from itertools import groupby
from typing import Any

from stripe_handler_cli.operate.doctor.areas import CHECKS
from stripe_handler_cli.operate.doctor.check import Check
from stripe_handler_cli.operate.doctor.commands import fill_in
from stripe_handler_cli.operate.doctor.exercise import page as exercise_page
from stripe_subscription_handler.stripe_side.api import API_VERSION

RIGHTS = (
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricStatistics",
    "dynamodb:BatchGetItem",
    "dynamodb:DescribeContinuousBackups",
    "dynamodb:DescribeTable",
    "dynamodb:DescribeTimeToLive",
    "dynamodb:ListTagsOfResource",
    "dynamodb:Query",
    "dynamodb:Scan",
    "events:DescribeArchive",
    "events:DescribeEventBus",
    "events:DescribeEventSource",
    "events:DescribeRule",
    "events:ListRuleNamesByTarget",
    "events:ListRules",
    "events:ListTargetsByRule",
    "events:TestEventPattern",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "lambda:GetEventSourceMapping",
    "lambda:GetFunctionConcurrency",
    "lambda:GetFunctionConfiguration",
    "lambda:GetFunctionEventInvokeConfig",
    "lambda:GetPolicy",
    "lambda:InvokeFunction",
    "lambda:ListVersionsByFunction",
    "logs:DescribeLogGroups",
    "logs:DescribeMetricFilters",
    "logs:FilterLogEvents",
    "scheduler:GetSchedule",
    "sns:GetTopicAttributes",
    "sqs:GetQueueAttributes",
)
"""The IAM actions that the doctor uses, so that an operator, or CI, can be given just these."""
_PHRASES = {"apply": "terraform apply", "settings": "the tfvars file", "stack_options": ""}
_NAMES = {"key_variable": "STRIPE_API_KEY", "stripe_version": API_VERSION}
_fill = functools.partial(
    textwrap.fill, width=116, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
)

_INTRODUCTION = """\
# Production checklist

<!-- Made by `stripe-handler doctor --checklist`; change the checks, not this page. -->

`stripe-handler doctor` goes through all but the last two parts, on AWS and on local AWS alike:

```sh
.venv/bin/stripe-handler doctor                      # the stack applied from terraform/, selected workspace
.venv/bin/stripe-handler doctor --local .stripe-handler/demo          # the one `make demo KEEP=1` left
.venv/bin/stripe-handler doctor --strict --json --skip recent-events  # in CI: warnings count too
```

Each check passes, warns or fails, and says what it found and which command puts it right; words in capitals
below are names it fills in, and `terraform apply` is with the environment's workspace and tfvars file. It
changes nothing. The exit code is 1 if a check failed (with `--strict`: or warned), 0 otherwise. What it may
not look at is a warning that says so. `--only` and `--skip` take the names in parentheses.
"""
BY_HAND = """\
## By hand

What no command can know.

- [ ] Every subscription is created with your user's id in its metadata. An event nobody can map to a user is
  parked, and lost after 30 days.
- [ ] The app changes profiles with `UpdateItem` only. A `PutItem` replaces the whole item and wipes the
  subscription.
- [ ] With several licensed items in a subscription, `plan_product_ids` names your plans
  ([what-a-profile-shows.md](what-a-profile-shows.md)). Otherwise the profile's price and quantity follow Stripe's
  order of items, which may change.
- [ ] Where Stripe is set to leave a subscription `past_due` after the last retry, `access_past_due_days` is set.
  Otherwise such a subscription gives access for ever.
- [ ] A webhook bridge has a concurrency of its own (`webhook_bridge.reserved_concurrent_executions = 10`, say): its URL
  is public, and a flood would take what the account has ([what it does](migrate-from-webhooks.md#to-know)).
- [ ] Terraform's state is in S3 with `use_lockfile` ([example](../terraform/backend.s3.tf.example)). A state on one
  machine is lost with it, and two people applying at once spoil it.
- [ ] A second `terraform plan` is empty. Otherwise somebody changes by hand what Terraform changes back.
- [ ] How long logs and the archive are kept suits your rules. The archive and parked events hold customers' data;
  log lines hold ids only. Somebody knows how a person [is forgotten](personal-data.md#erase), and has the right to it.
- [ ] Somebody has sent an event from the failure queue again (`dlq redrive`), once, before it is needed. At night
  is no time to read about it first.
- [ ] Subscriptions that existed before were brought in: `stripe-handler reconcile --apply`
  ([reconcile.md](reconcile.md)). Otherwise each needs an event before a profile can show it.
- [ ] Somebody decided whether the drift check repairs (`drift_check_repair`) or only tells: it is on where there is a
  Stripe key ([reconcile.md](reconcile.md#repair-or-tell)). Without a key, nothing notices an event that Stripe never sent.
"""  # noqa: E501 - as wide as the rest of the page
_RIGHTS = """\
## What it needs to look

These AWS actions; all but `lambda:InvokeFunction` only read. `dynamodb:Query` is needed on the sync table's
index only, to count. `dynamodb:Scan` and `dynamodb:BatchGetItem` on both tables are for `one-owner` and
`nothing-lost`, which read whole profiles and keep none, and for `view-settings`, which reads the ids of one
page and an item of the sync table. The function is invoked with a constant input, the self-check, which
changes nothing either.```
"""


def render_checklist() -> str:
    parts = [_INTRODUCTION]
    for area, some in groupby(CHECKS, key=lambda check: check.area):
        parts += [f"## {area}\n", *map(_check, some)]
    return "\n".join([*parts, exercise_page.render(), BY_HAND, _RIGHTS + "\n".join(RIGHTS) + "\n```\n"])


def _check(check: Check[Any]) -> str:
    lines = [line for fix in check.fixes for line in fill_in(fix, _NAMES, _PHRASES).splitlines()]
    fixes = [f"To fix: `{lines[0]}`"] if len(lines) == 1 else ["```sh", *lines, "```"]
    return "\n".join(
        [
            _fill(f"- [ ] **{check.title}** (`{check.key}`). {check.why}"),
            "",
            _fill(check.checked, initial_indent="  "),
            "",
            *(f"  {line}" for line in fixes),
            "",
        ]
    )
