"""Partner event sources, as Stripe uses them."""

import datetime as dt
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.cloud import ACCOUNT_ID, Cloud

pytestmark = [pytest.mark.embedded, pytest.mark.partner_bus]


def _seed(cloud: Cloud) -> str:
    name = f"aws.partner/stripe.com/{cloud.name()}"
    cloud.client("events").create_partner_event_source(Name=name, Account=ACCOUNT_ID)
    return name


def _associate(cloud: Cloud, name: str) -> None:
    cloud.client("events").create_event_bus(Name=name, EventSourceName=name)


def _listed(cloud: Cloud, name: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = cloud.client("events").list_event_sources(NamePrefix=name)["EventSources"]
    return listed


def _put(cloud: Cloud, name: str, detail: Any) -> dict[str, Any]:
    entry = {"Source": name, "DetailType": "customer.subscription.updated", "Detail": json.dumps(detail)}
    answer: dict[str, Any] = cloud.client("events").put_partner_events(Entries=[entry])
    return answer


def _delivered(cloud: Cloud, *, wait_seconds: int) -> list[dict[str, Any]]:
    """What reaches a queue behind a rule on a new partner bus."""
    name = _seed(cloud)
    _associate(cloud, name)
    queue_url, queue_arn = cloud.queue()
    events = cloud.client("events")
    pattern = json.dumps({"source": [{"prefix": "aws.partner/stripe.com"}]})
    events.put_rule(Name="all", EventBusName=name, EventPattern=pattern)
    events.put_targets(Rule="all", EventBusName=name, Targets=[{"Id": "queue", "Arn": queue_arn}])
    assert _put(cloud, name, {"id": "evt_1"})["FailedEntryCount"] == 0
    bodies = [json.loads(message["Body"]) for message in cloud.messages(queue_url, wait_seconds=wait_seconds)]
    return [body | {"expected_source": name} for body in bodies]


def test_an_event_source_is_pending_until_its_bus_exists(emulator: Cloud) -> None:
    """ListEventSources shows the source; creating and deleting the bus of its name changes its state."""
    name = _seed(emulator)
    assert [(source["Name"], source["State"]) for source in _listed(emulator, name)] == [(name, "PENDING")]
    _associate(emulator, name)
    assert emulator.client("events").describe_event_source(Name=name)["State"] == "ACTIVE"
    emulator.client("events").delete_event_bus(Name=name)
    assert emulator.client("events").describe_event_source(Name=name)["State"] == "PENDING"


def test_a_pending_event_source_tells_when_it_expires(emulator: Cloud) -> None:
    """7 days after it was made; an associated one does not expire."""
    name = _seed(emulator)
    pending = emulator.client("events").describe_event_source(Name=name)
    assert pending["ExpirationTime"] - pending["CreationTime"] == dt.timedelta(days=7)
    _associate(emulator, name)
    assert "ExpirationTime" not in emulator.client("events").describe_event_source(Name=name)


def test_a_partner_bus_must_be_named_after_an_event_source(emulator: Cloud) -> None:
    """Neither another name nor an unknown source will do."""
    name = _seed(emulator)
    events = emulator.client("events")
    with pytest.raises(ClientError, match="must match the event source name"):
        events.create_event_bus(Name="own-name", EventSourceName=name)
    unknown = f"{name}-unknown"
    with pytest.raises(ClientError, match="does not exist"):
        events.create_event_bus(Name=unknown, EventSourceName=unknown)


def test_partner_events_reach_the_rules_of_the_associated_bus(emulator: Cloud) -> None:
    """The envelope's source is the event source, and the detail arrives as sent."""
    (envelope,) = _delivered(emulator, wait_seconds=10)
    assert envelope["source"] == envelope["expected_source"]
    assert envelope["detail-type"] == "customer.subscription.updated"
    assert envelope["detail"] == {"id": "evt_1"}


def test_partner_events_of_an_unknown_source_fail(emulator: Cloud) -> None:
    """PutPartnerEvents refuses the entry."""
    answer = _put(emulator, "aws.partner/stripe.com/unknown", {})
    assert answer["FailedEntryCount"] == 1


def test_partner_events_without_a_bus_are_lost_but_counted(emulator: Cloud) -> None:
    """AWS drops events sent before the association; the source's metric still shows them."""
    name = _seed(emulator)
    assert _put(emulator, name, {})["FailedEntryCount"] == 0
    assert emulator.metric_sum("AWS/Events", "Events", EventSourceName=name) == 1


def test_put_events_refuses_the_partners_source(emulator: Cloud) -> None:
    """Only the partner can send as the partner."""
    entry = {"Source": "aws.partner/stripe.com/x", "DetailType": "test", "Detail": "{}"}
    answer = emulator.client("events").put_events(Entries=[entry])
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"


def test_tags_of_a_rule_on_a_bus_with_slashes_can_be_listed(emulator: Cloud) -> None:
    """Terraform does so on every refresh."""
    name = _seed(emulator)
    _associate(emulator, name)
    events = emulator.client("events")
    arn = events.put_rule(
        Name="tagged", EventBusName=name, EventPattern='{"source": ["x"]}', Tags=[{"Key": "a", "Value": "b"}]
    )["RuleArn"]
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "a", "Value": "b"}]


def test_stock_ministack_still_lists_no_event_source(stock: Cloud) -> None:
    """When this fails, see whether `partner_events` is still needed."""
    assert _listed(stock, _seed(stock)) == []


def test_stock_ministack_still_drops_partner_events(stock: Cloud) -> None:
    """When this fails, see whether `partner_events` is still needed."""
    assert _delivered(stock, wait_seconds=1) == []
