"""Whoever may not delete profile items forgets all the same: the empty item stays, and that is said."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stripe_handler_cli.operate.forget.running import erase
from stripe_handler_cli.stack.stored import StackTables
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.forgetting import Forgotten
from stripe_subscription_handler.decisions.ledger import REVISION, SETTINGS
from stripe_subscription_handler.dynamodb.wire import to_wire
from support.dynamodb import ScriptedDynamoDB, client_error

CONFIG = Config(table_name="profiles", sync_table_name="sync")
ITEM = CONFIG.profile_key("user_1") | {REVISION: "0123", SETTINGS: "ab"}
"""A profile on which nothing but the ledger's last two attributes is left."""
BEFORE = Forgotten("user_1", (), (SETTINGS,), is_deleted=True, left=())
READ: dict[str, Any] = {"Item": to_wire(ITEM)}


def erased(*script: dict[str, Any] | ClientError) -> tuple[Forgotten, ScriptedDynamoDB, list[str]]:
    """Forget the user with a DynamoDB that answers so; what was done, what was asked, what was warned of."""
    client, warned = ScriptedDynamoDB(list(script)), list[str]()
    made: Any = client
    done = erase(StackTables(made, CONFIG), "user_1", (), BEFORE, warned.append)
    assert client.script == []
    return done, client, warned


def test_an_empty_item_is_deleted() -> None:
    """Nothing is warned of."""
    done, client, warned = erased(READ, READ, {"Attributes": to_wire(ITEM)})
    assert [operation for operation, _ in client.calls] == ["GetItem", "GetItem", "DeleteItem"]
    assert (done.is_deleted, warned) == (True, [])


def test_where_deleting_is_refused_the_item_is_emptied_and_stays() -> None:
    """The revision stays too, or a late event would make the user anew; it is told what was refused."""
    refused = client_error("AccessDeniedException", "DeleteItem")
    done, client, warned = erased(READ, READ, refused, READ, READ, {})
    operation, update = client.calls[-1]
    assert operation == "UpdateItem"
    assert update["UpdateExpression"].startswith("SET ")
    removed = update["UpdateExpression"].partition(" REMOVE ")[2]
    assert [update["ExpressionAttributeNames"][name] for name in removed.split(", ")] == [SETTINGS]
    assert (done.is_deleted, done.removed) == (False, (SETTINGS,))
    assert len(warned) == 1
    assert "dynamodb:DeleteItem" in warned[0]


def test_another_refusal_ends_it() -> None:
    """So a run that could not forget never looks as if it had."""
    for code, operation in (("AccessDeniedException", "UpdateItem"), ("ThrottlingException", "DeleteItem")):
        with pytest.raises(ClientError):
            erased(READ, READ, client_error(code, operation))
