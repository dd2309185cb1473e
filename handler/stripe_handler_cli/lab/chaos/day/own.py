"""A stack of the day's own on local AWS, whose alarms run in the account's time."""

import random
from collections.abc import Callable
from pathlib import Path

from stripe_handler_cli.lab.chaos.day.stage import Stage
from stripe_handler_cli.lab.chaos.run import SENT_TYPES, admitted_types
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe
from stripe_handler_cli.lab.local_stack import RunningStack, StackPlan
from stripe_handler_cli.lab.simulator.truth.settings import CHOSEN
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.tools import local_aws
from stripe_handler_cli.tools.packaging import find_project_root
from stripe_subscription_handler.events.event_types import GENERATION_FAILURE_EVENT

EVENT_SOURCE = "aws.partner/stripe.com/ed_test_chaos"


def own_plan(state_directory: Path, stripe: FakeStripe, speed: float) -> StackPlan:
    """The stack as a production would be set up, but for times and sizes."""
    return StackPlan(
        project_root=find_project_root(Path.cwd()),
        state_directory=state_directory,
        name="chaos",
        event_source=EVENT_SOURCE,
        variables={
            "profile_table_name": "ChaosApp-users",
            "event_types": [*admitted_types(SENT_TYPES), GENERATION_FAILURE_EVENT],
            "stripe_api_url": stripe.url,
            "create_drift_check": True,
            "drift_check_repair": True,
            # Its schedule is played, in the account's time.
            "drift_check_schedule_minutes": 1440,
            **CHOSEN.as_values(),
        },
        venv_path=local_aws.DEFAULT_STATE_DIRECTORY / "venv",
        stripe_key=API_KEY,
        settings={"STRIPE_HANDLER_LOCAL_ALARM_SPEEDUP": f"{max(1, round(speed))}"},
    )


def own_stage(stack: RunningStack, stripe: FakeStripe, seed: int) -> Stage:
    deployed = DeployedStack(stack.endpoint, stack.pipeline.outputs)
    kill = killer(stack.running, stack.pipeline.outputs["function_name"], seed)
    return Stage(stack.endpoint, deployed.pipeline(EVENT_SOURCE), deployed.config, stripe, kill)


def killer(running: local_aws.LocalAws, function_name: str, seed: int) -> Callable[[], bool]:
    """What kills one of a function's processes on local AWS, if one is there."""
    rng = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def kill() -> bool:
        workers = local_aws.lambda_workers(running, function_name)
        return bool(workers) and local_aws.kill_lambda_worker(rng.choice(workers))

    return kill
