"""Makes the AWS clients of the functions, with botocore itself.

`import boto3` would add its resources and S3 transfers, which nothing here uses; a client of boto3 is one of
botocore. docs/performance.md says what each choice here saves.
"""

from typing import Any

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from stripe_subscription_handler.user_agent import USER_AGENT


class _OneServiceLoader(Loader):
    """Finds the data of one service without looking for all the others.

    botocore makes sure that a service exists by listing the folders of all 400, twice for a client: 2,600
    looks at the file system, a third of the client's making with a warm cache and more with a cold one.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def list_available_services(self, type_name: str) -> list[str]:
        del type_name
        return [self._service]


def aws_client(service: str, **settings: Any) -> Any:
    """Make the client of a service, by botocore's name of it; `settings` are those of botocore's `Config`."""
    session = botocore.session.Session()
    session.register_component("data_loader", _OneServiceLoader(service))
    # The service checks every request anyway; checking it here first takes a fifth of a call's CPU time.
    config = Config(parameter_validation=False, user_agent=USER_AGENT, **settings)
    return session.create_client(service, config=config)
