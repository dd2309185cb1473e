"""Whether an environment is the ordinary one of a Lambda function, and what it says.

botocore reads some forty variables and five files. The lean way knows the few that Lambda sets by itself
(source: Lambda, "defined runtime environment variables"); whoever sets any other wants something of botocore,
and gets botocore. So a variable that AWS may invent is never overlooked.
"""

import os
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import attrs

_NEEDED = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION")
_ENDPOINTS = ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL")
"""The first that is set counts."""
_HARMLESS = frozenset(
    (
        *_NEEDED,
        "AWS_SESSION_TOKEN",
        *_ENDPOINTS,
        "AWS_REGION",
        "AWS_SECURITY_TOKEN",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AWS_EXECUTION_ENV",
        # Credentials that stand in the environment are taken before the instance's are asked for.
        "AWS_EC2_METADATA_DISABLED",
        # The client sets its attempts and its mode itself.
        "AWS_MAX_ATTEMPTS",
        "AWS_RETRY_MODE",
        "AWS_SDK_UA_APP_ID",
        # No operation of DynamoDB has a prefix for its host. Emulators of Lambda set it.
        "AWS_DISABLE_HOST_PREFIX_INJECTION",
    )
)
_HARMLESS_KINDS = ("AWS_LAMBDA_", "AWS_XRAY_")
_MEANT_FOR_BOTOCORE = re.compile(r"AWS_|BOTO|REQUESTS_CA_BUNDLE$|.*_PROXY$", re.IGNORECASE)
_FILES = ("~/.aws/config", "~/.aws/credentials", "~/.aws/models", "~/.boto", "/etc/boto.cfg")

_PORTS = {"http": 80, "https": 443}
_REGION = re.compile(r"((us|eu|ap|sa|ca|me|af|il|mx)|us-gov|cn)-[a-z]+-[0-9]+")
_ENDPOINT = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?")


@attrs.frozen
class PlainEnvironment:
    """What the environment says: attributes as AWS's variables, and where DynamoDB is.

    Attributes:
        endpoint_url: Without a path, `https://dynamodb.us-east-1.amazonaws.com` say.
        host: As the header `Host` names it: without the scheme's own port.
        in_lambda: Whether requests carry on Lambda's trace, by which AWS finds loops of functions.
    """

    access_key: str
    secret_key: str = attrs.field(repr=False)
    token: str = attrs.field(repr=False)
    region: str
    endpoint_url: str
    in_lambda: bool
    host: str = attrs.field(
        init=False, default=attrs.Factory(lambda self: _host_of(self.endpoint_url), takes_self=True)
    )

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "PlainEnvironment | None":
        """Read it; None where anything in it may want what only botocore does."""
        given = {name: value for name, value in environment.items() if value}
        if any(_MEANT_FOR_BOTOCORE.match(name) and not _is_harmless(name) for name in given):
            return None
        if any(os.path.exists(os.path.expanduser(path)) for path in _FILES):  # noqa: PTH110, PTH111 - quick to import
            return None
        # On demand, Lambda puts credentials there. With SnapStart it does not: an endpoint tells them.
        if not given.keys() >= set(_NEEDED):
            return None
        access_key, secret_key, region = (given[name] for name in _NEEDED)
        token = given.get("AWS_SESSION_TOKEN", "")
        if given.get("AWS_REGION", region) != region or given.get("AWS_SECURITY_TOKEN", token) != token:
            return None
        endpoint_url = next((given[name] for name in _ENDPOINTS if name in given), _endpoint_of(region))
        if not _REGION.fullmatch(region) or not _ENDPOINT.fullmatch(endpoint_url):
            return None
        in_lambda = "AWS_LAMBDA_FUNCTION_NAME" in environment
        return cls(access_key, secret_key, token, region, endpoint_url.rstrip("/"), in_lambda)


def _is_harmless(name: str) -> bool:
    return name in _HARMLESS or name.startswith(_HARMLESS_KINDS)


def _host_of(endpoint_url: str) -> str:
    parts = urlsplit(endpoint_url)
    host, port = parts.hostname or "", parts.port
    return host if port in {None, _PORTS[parts.scheme]} else f"{host}:{port}"


def _endpoint_of(region: str) -> str:
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"https://dynamodb.{region}.{suffix}"
