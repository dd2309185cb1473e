"""The stand-in for DynamoDB that all tests of this folder share."""

from collections.abc import Iterator

import pytest

from support.dynamodb_wire.server import WireDynamoDB


@pytest.fixture(scope="session")
def wire() -> Iterator[WireDynamoDB]:
    """A DynamoDB on the loopback that does as it is told."""
    with WireDynamoDB() as server:
        yield server
