"""Function URLs: who is let in, what the function is handed, and what is counted."""

import pytest

from support.cloud import Cloud
from support.function_urls import post, request

pytestmark = pytest.mark.embedded

CODE = """
def handler(event, context):
    return {"statusCode": int(event.get("body") or 200), "body": event["requestContext"]["http"]["method"]}
"""
ANYONE = {"Principal": "*"}
THE_URL = {**ANYONE, "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
THROUGH_IT = {**ANYONE, "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True}


def _url(cloud: Cloud, *permissions: dict[str, object]) -> tuple[str, str]:
    """A function with a URL and these permissions; its name and the URL."""
    name, _ = cloud.function(CODE)
    functions = cloud.client("lambda")
    url = functions.create_function_url_config(FunctionName=name, AuthType="NONE")["FunctionUrl"]
    for number, permission in enumerate(permissions):
        functions.add_permission(FunctionName=name, StatementId=str(number), **permission)
    return name, url


def test_a_url_answers_what_the_function_answers_and_counts_it(emulator: Cloud) -> None:
    """By its host name, as on AWS; 4xx and 5xx have metrics of their own."""
    name, url = _url(emulator, THE_URL, THROUGH_IT)
    statuses = [post(emulator.endpoint_url, url, body).status for body in (b"200", b"400", b"404", b"503")]
    assert statuses == [200, 400, 404, 503]
    assert request(emulator.endpoint_url, url, "GET").body == b"GET"
    sums = [
        emulator.metric_sum("AWS/Lambda", f"Url{kind}Count", FunctionName=name)
        for kind in ("Request", "4xx", "5xx")
    ]
    assert sums == [5, 2, 1]


def test_a_public_url_needs_both_permissions(emulator: Cloud) -> None:
    """Since October 2025: with one alone, Lambda answers instead of the function, and counts it."""
    for permissions in ((), (THE_URL,), (THROUGH_IT,)):
        name, url = _url(emulator, *permissions)
        assert post(emulator.endpoint_url, url, b"200").status == 403
        assert emulator.metric_sum("AWS/Lambda", "Url4xxCount", FunctionName=name) == 1


def test_more_than_6_mb_are_refused(emulator: Cloud) -> None:
    """Before the function sees them."""
    _, url = _url(emulator, THE_URL, THROUGH_IT)
    assert post(emulator.endpoint_url, url, b"2" * (6 * 1024 * 1024 + 1)).status == 413


def test_stock_ministack_still_lets_everyone_in_and_counts_nothing(stock: Cloud) -> None:
    """When this fails, see whether `function_urls` is still needed."""
    name, url = _url(stock)
    assert post(stock.endpoint_url, url, b"400").status == 400
    assert stock.metric_sum("AWS/Lambda", "Url4xxCount", FunctionName=name) == 0
