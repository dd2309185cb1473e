"""The rules of the lean client, each with the edit that switches it off and a case for it. Data only."""

import attrs

from support.dynamodb_wire.clients import ENVIRONMENT
from support.dynamodb_wire.comparing import ABOUT, COMMIT, GET, ITEM, UPDATE
from support.dynamodb_wire.mutating import Mutant, both, botocores, endpoint, lean_alone
from support.dynamodb_wire.steps import Crc, Drop, End, Reply, Silence, ok, refusal

_THROTTLED = refusal("ThrottlingException")
_FAILED = refusal("InternalServerError", 500)
_OLD = {"name": {"S": "é"}, "data": {"B": "AAE="}}
_REFUSED = refusal("ConditionalCheckFailedException", Item=_OLD)
_CANCELED = refusal("TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Item": _OLD}])
_DAMAGED = attrs.evolve(ITEM, crc=Crc.WRONG)
_HALF = attrs.evolve(ITEM, crc=Crc.NONE, cut_to=0)
_TRACED = {**ENVIRONMENT, "_X_AMZN_TRACE_ID": "Root=1;Parent=é"}
_GIVEN = ("transact_write_items", {**COMMIT[1], "ClientRequestToken": "mine"})

MUTANTS = (
    # What is sent
    Mutant(
        "Lambda's trace is carried on",
        "requests.py",
        "if trace and",
        "if False and",
        both(ok(), environment=_TRACED),
    ),
    Mutant(
        "the trace is quoted",
        "requests.py",
        "quote(trace, safe=_LEFT_IN_A_TRACE)",
        "trace.encode()",
        both(ok(), environment=_TRACED),
    ),
    Mutant(
        "only Lambda's trace is carried on",
        "requests.py",
        " and self.environment.in_lambda",
        "",
        both(ok(), environment={name: value for name, value in _TRACED.items() if "LAMBDA" not in name}),
    ),
    Mutant(
        "binary values are base64",
        "requests.py",
        'base64.b64encode(value).decode("ascii")',
        "value.hex()",
        both(ok(), calls=[("get_item", {**ABOUT, "Key": {"PK": {"B": b"\0"}}})]),
    ),
    Mutant("our own user agent", "requests.py", '"User-Agent": USER_AGENT,', "", both(ok())),
    Mutant(
        "a transaction has an idempotency token",
        "client.py",
        'if operation == "TransactWriteItems" and',
        "if False and",
        both(ok(), calls=[COMMIT]),
    ),
    Mutant(
        "a given token is taken",
        "client.py",
        " and _IDEMPOTENCY not in parameters",
        "",
        both(ok(), calls=[_GIVEN]),
    ),
    Mutant(
        "one token for all attempts",
        "client.py",
        "self._attempt(operation, body, told)",
        "self._attempt(operation, body_of({**parameters, _IDEMPOTENCY: str(uuid.uuid4())}), told)",
        both(_THROTTLED, ok(), calls=[COMMIT]),
    ),
    Mutant(
        "one invocation for all attempts",
        "client.py",
        '"amz-sdk-invocation-id": invocation',
        '"amz-sdk-invocation-id": str(uuid.uuid4())',
        both(_THROTTLED, ok(), calls=[COMMIT]),
    ),
    Mutant("attempts are numbered", "client.py", "attempt={attempt}", "attempt=1", both(_THROTTLED, ok())),
    # What is told
    Mutant(
        "binary values of an item are bytes", "answers.py", '    "Item": _item,\n', "", both(ok(Item=_OLD))
    ),
    Mutant(
        "those of old attributes too",
        "answers.py",
        '    "Attributes": _item,\n',
        "",
        both(ok(Attributes=_OLD), calls=[UPDATE]),
    ),
    Mutant(
        "those of a query too",
        "answers.py",
        '    "Items": _items,\n',
        "",
        both(ok(Items=[_OLD]), calls=[("query", {"TableName": "sync"})]),
    ),
    Mutant(
        "those of a batch too",
        "answers.py",
        '    "Responses": lambda tables: {table: _items(items) for table, items in tables.items()},\n',
        "",
        both(ok(Responses={"sync": [_OLD]}), calls=[("batch_get_item", {"RequestItems": {}})]),
    ),
    Mutant(
        "those in a cancelled transaction too",
        "answers.py",
        '_item(value) if name == "Item" else value',
        "value",
        both(_CANCELED, calls=[COMMIT]),
    ),
    Mutant(
        "the item that a condition does not hold of",
        "answers.py",
        '("message", "Item")',
        '("message",)',
        both(_REFUSED, calls=[UPDATE]),
    ),
    Mutant(
        "an error's class is named as its code",
        "answers.py",
        "if code in ERRORS else ClientError",
        "if False else ClientError",
        both(_REFUSED, calls=[UPDATE]),
    ),
    Mutant(
        "repetitions are counted",
        "client.py",
        '["RetryAttempts"] = attempt - 1',
        '["RetryAttempts"] = 0',
        both(_THROTTLED, ok()),
    ),
    Mutant(
        "names of headers in small letters", "answers.py", "name.lower(): value", "name: value", both(ok())
    ),
    Mutant("the request's id", "answers.py", 'answer.headers.get("x-amzn-requestid")', "None", both(ok())),
    # What goes wrong
    Mutant(
        "what is throttled is repeated",
        "client.py",
        "if pause is not None:",
        "if False:",
        both(_THROTTLED, ok()),
    ),
    Mutant("after a pause", "client.py", "self._sleep(pause)", "pass", both(_THROTTLED, ok())),
    Mutant(
        "a lost connection is repeated",
        "client.py",
        "except (ConnectionError, HTTPClientError) as failure:\n            return None, {}, failure",
        "except (ConnectionError, HTTPClientError):\n            raise",
        both(Drop(), ok()),
    ),
    Mutant(
        "a lost connection is named so",
        "connection.py",
        "    ((OSError, HTTPException), ConnectionClosedError),\n",
        "",
        both(*[Drop()] * 4),
    ),
    Mutant(
        "a time-out is named so",
        "connection.py",
        "    (TimeoutError, ReadTimeoutError),\n",
        "",
        both(*[Silence()] * 4, timeout_seconds=0.15),
    ),
    Mutant(
        "the rules know that it is DynamoDB",
        "retries.py",
        '_SERVICE = "dynamodb"',
        '_SERVICE = "sqs"',
        both(_DAMAGED, ITEM),
    ),
    Mutant(
        "as many attempts as it was made for",
        "retries.py",
        "standard.register_retry_handler(client, attempts)",
        "standard.register_retry_handler(client, 3)",
        both(*[_THROTTLED] * 4),
    ),
    Mutant(
        "errors that the model marks are repeated",
        "retries.py",
        "metadata=retryable",
        "metadata={}",
        both(*[refusal("ReplicatedWriteConflictException")] * 4, calls=[UPDATE]),
    ),
    Mutant(
        "the quota is the client's",
        "client.py",
        "if self._retries is None:",
        "if True:",
        both(*[_THROTTLED] * 140, calls=[GET] * 35),
    ),
    Mutant(
        "successes fill the quota",
        "client.py",
        "if self._retries is not None:",
        "if False:",
        both(*[_THROTTLED] * 134, *[ok()] * 7, *[_THROTTLED] * 4, calls=[GET] * 42),
    ),
    Mutant(
        "a damaged answer is asked for again",
        "answers.py",
        "return found is None or found[0] == found[1]",
        "return True",
        both(_DAMAGED, ITEM),
    ),
    Mutant(
        "redirects are not followed",
        "client.py",
        "is_success(answer) else read_error",
        "True else read_error",
        both(Reply(b"{}", 302, (("Location", "/"),))),
    ),
    # Where botocore takes what is none for an answer
    Mutant(
        "what stays damaged is no answer",
        "client.py",
        "    if not is_whole(answer):\n",
        "    if False:\n",
        lean_alone("ChecksumError", *[_DAMAGED] * 4),
    ),
    Mutant(
        "a connection that was closed meanwhile is made anew",
        "connection.py",
        "connection: Any = self._take()",
        "connection: Any = vars(self).setdefault('kept', None) or self._take()\n"
        "        self.kept = connection",
        both(Reply(end=End.CLOSED), ok(), calls=[GET] * 2),
    ),
    Mutant(
        "half an answer is none",
        "connection.py",
        "response.read()",
        "response.read(1_000_000)",
        lean_alone(None, _HALF, ITEM),
    ),
    Mutant(
        "what is no JSON is no answer",
        "client.py",
        "except ValueError as error:",
        "except ZeroDivisionError as error:",
        lean_alone(None, Reply(b"<html>"), ITEM),
    ),
    # Where
    Mutant(
        "any other variable of AWS's is botocore's",
        "plain_environment.py",
        "if any(_MEANT_FOR_BOTOCORE.match(name) and not _is_harmless(name) for name in given):",
        "if False:",
        botocores(AWS_USE_FIPS_ENDPOINT="true"),
    ),
    Mutant(
        "a region of its own for SDKs is botocore's",
        "plain_environment.py",
        'given.get("AWS_REGION", region) != region',
        "False",
        botocores(AWS_REGION="us-east-1"),
    ),
    Mutant(
        "a token of the old name is botocore's",
        "plain_environment.py",
        'given.get("AWS_SECURITY_TOKEN", token) != token',
        "False",
        botocores(AWS_SECURITY_TOKEN="other"),  # noqa: S106 - made up
    ),
    Mutant(
        "without keys it is botocore's",
        "plain_environment.py",
        "if not given.keys() >= set(_NEEDED):",
        'given.setdefault("AWS_ACCESS_KEY_ID", "")\n        if False:',
        botocores(AWS_ACCESS_KEY_ID=None),
    ),
    Mutant(
        "a partition that is not known is botocore's",
        "plain_environment.py",
        "if not _REGION.fullmatch(region) or",
        "if",
        botocores(AWS_REGION="us-iso-east-1", AWS_DEFAULT_REGION="us-iso-east-1"),
    ),
    Mutant(
        "an endpoint with a path is botocore's",
        "plain_environment.py",
        " or not _ENDPOINT.fullmatch(endpoint_url)",
        "",
        botocores(AWS_ENDPOINT_URL="http://localhost/path"),
    ),
    Mutant(
        "China's endpoints end otherwise",
        "plain_environment.py",
        '"amazonaws.com.cn" if',
        '"amazonaws.com" if',
        endpoint(
            "https://dynamodb.cn-north-1.amazonaws.com.cn",
            AWS_REGION="cn-north-1",
            AWS_DEFAULT_REGION="cn-north-1",
        ),
    ),
    Mutant(
        "DynamoDB's own endpoint comes first",
        "plain_environment.py",
        '_ENDPOINTS = ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL")',
        '_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB")',
        endpoint("http://own", AWS_ENDPOINT_URL="http://all", AWS_ENDPOINT_URL_DYNAMODB="http://own"),
    ),
)
