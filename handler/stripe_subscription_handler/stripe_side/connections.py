"""Makes the pool of connections to Stripe, with urllib3, which every runtime has beside boto3.

`requests`, which `stripe` uses where nobody hands it a client, is urllib3 with 15 ms more of imports, and a
third of a megabyte more of zip with what it needs (docs/performance.md). Imported with the first request.
"""

import urllib.request
from typing import Any
from urllib.parse import unquote, urlsplit

import urllib3

from stripe_subscription_handler.errors import ConfigError


def connections(url: str, ca_bundle_path: str) -> urllib3.PoolManager:
    """Make the pool for requests to a URL, over a proxy where the environment names one for it.

    The variables are the usual ones (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, in either case). A stand-in on
    this machine, which `http` is for, is asked directly.

    Args:
        ca_bundle_path: The certificates of those whose word is taken for Stripe's own.

    Raises:
        ConfigError: The proxy cannot be used; its URL, which may hold a password, is not shown.
    """
    verified: dict[str, Any] = {"cert_reqs": "CERT_REQUIRED", "ca_certs": ca_bundle_path, "maxsize": 1}
    proxy = _proxy_of(url)
    if proxy is None:
        return urllib3.PoolManager(**verified)
    try:
        auth = urllib3.util.parse_url(proxy).auth
        headers = urllib3.util.make_headers(proxy_basic_auth=unquote(auth)) if auth else None
        return urllib3.ProxyManager(proxy, proxy_headers=headers, **verified)
    except urllib3.exceptions.HTTPError:
        raise ConfigError("the proxy that the environment names for https is no http or https URL") from None


def _proxy_of(url: str) -> str | None:
    parts = urlsplit(url)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if parts.scheme != "https" or not proxy or urllib.request.proxy_bypass(parts.netloc):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
