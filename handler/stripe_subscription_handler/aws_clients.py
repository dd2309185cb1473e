"""Makes the AWS clients of the functions.

By botocore itself: `import boto3` adds its resources and S3 transfers, which nothing here uses. A client of
boto3 is a client of botocore. What each choice here saves stands in docs/performance.md.
"""

from typing import Any

import botocore
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

USER_AGENT = f"stripe-subscription-handler Botocore/{botocore.__version__}"
"""What CloudTrail shows. botocore's own is put together anew for every request, an eighth of its CPU time."""


class _OneServiceLoader(Loader):
    """Finds the data of one service without looking for all the others.

    botocore makes sure that a service exists by listing the folders of all 400, twice for a client: 2,600
    looks at the file system, a third of the client's making with a warm cache and more with a cold one.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def list_available_services(self, type_name: str) -> list[str]:
        """Name the one; when there is no such service, loading its data says so."""
        del type_name
        return [self._service]


def aws_client(service: str, **settings: Any) -> Any:
    """Make the client of a service.

    Args:
        service: botocore's name of it.
        settings: botocore's `Config`: time-outs, retries.
    """
    session = botocore.session.Session()
    session.register_component("data_loader", _OneServiceLoader(service))
    # The service checks every request anyway; checking it here first takes a fifth of a call's CPU time.
    config = Config(parameter_validation=False, user_agent=USER_AGENT, **settings)
    return session.create_client(service, config=config)
