"""Makes AWS clients. Nothing else imports an AWS library to make one.

By botocore itself: `import boto3` adds its resources and S3 transfers, which nothing here uses, and costs a
twentieth of a cold start (docs/performance.md). A client of boto3 is a client of botocore.
"""

import functools
from typing import Any

import botocore
import botocore.session
from botocore.config import Config

USER_AGENT = f"stripe-subscription-handler Botocore/{botocore.__version__}"
"""What CloudTrail shows. botocore's own is put together anew for every request, an eighth of its CPU time."""


def aws_client(service: str, **settings: Any) -> Any:
    """Make the client of a service.

    Args:
        service: botocore's name of it.
        settings: botocore's `Config`: time-outs, retries.
    """
    # The service checks every request anyway; checking it here first takes a fifth of a call's CPU time.
    config = Config(parameter_validation=False, user_agent=USER_AGENT, **settings)
    return _session().create_client(service, config=config)


@functools.cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()
