"""Sends recorded writes to DynamoDB by several threads of boto3: `bare_writes.py RECORD THREADS`.

Those of one profile are sent by one thread, in their order. Printed is a line of JSON: seconds, writes, CPU.
"""

import json
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config


def profile_of(operation: str, parameters: dict[str, Any]) -> str:
    """The key that tells whose write it is: that of the first item."""
    if operation == "TransactWriteItems":
        [(_, action)] = parameters["TransactItems"][0].items()
        return json.dumps(action.get("Key") or action["Item"].get("PK"))
    return json.dumps(parameters.get("Key"))


def main() -> None:
    """Send them."""
    threads = int(sys.argv[2])
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - a worker's imports are few
        writes = [json.loads(line) for line in file]
    parts: list[list[Any]] = [[] for _ in range(threads)]
    for operation, parameters in writes:
        # botocore put it there; by the same token, DynamoDB would do nothing the second time.
        parameters.pop("ClientRequestToken", None)
        parts[zlib.crc32(profile_of(operation, parameters).encode()) % threads].append(
            (operation, parameters)
        )
    client = boto3.client("dynamodb", config=Config(max_pool_connections=threads + 1))
    calls = {
        "UpdateItem": client.update_item,
        "PutItem": client.put_item,
        "DeleteItem": client.delete_item,
        "TransactWriteItems": client.transact_write_items,
    }

    def send(part: list[Any]) -> int:
        refused = 0
        for operation, parameters in part:
            try:
                calls[operation](**parameters)
            except client.exceptions.ClientError:
                refused += 1
        return refused

    cpu, began = time.process_time(), time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        refused = sum(pool.map(send, parts))
    found = {
        "seconds": time.monotonic() - began,
        "cpu_seconds": time.process_time() - cpu,
        "writes": len(writes),
        "refused": refused,
    }
    sys.stdout.write(json.dumps(found) + "\n")


main()
