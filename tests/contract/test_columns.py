"""The columns that tools read: risks, events that announce changes, fields of tables, secrets, untrusted text."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from codegen.__main__ import KNOWN
from codegen.adopt.publish import export
from codegen.load import load_document
from cstar_async._generated import operations
from cstar_async.webhooks.patterns import check_pattern, matches
from tests import contract

if TYPE_CHECKING:
    from collections.abc import Iterator

RISKS = {"read", "write", "send", "delete", "secret"}
USUAL = {"GET": "read", "POST": "write", "PATCH": "write", "DELETE": "delete"}
COLUMNS = ("x-cstar-risk", "x-cstar-changed-by", "x-cstar-columns", "x-cstar-secret", "x-cstar-untrusted")
ENDPOINTS = contract.endpoints()
RECORDS = {endpoint.id: operations.load(endpoint.id) for endpoint in ENDPOINTS}
EVENT_TYPES = [event.path for event in contract.events()]
GENERATED: dict[str, Any] = json.loads(files("cstar_async._generated").joinpath("schemas.json").read_bytes())
LISTS = [endpoint for endpoint in ENDPOINTS if RECORDS[endpoint.id].is_list]

SECRETS = {
    "ApiKey": {"key"},
    "BillingPortal": {"url"},
    "CustomerLogin": {"password"},
    "CustomerRefresh": {"refreshToken"},
    "CustomerSession": {"accessToken", "refreshToken"},
    "CustomerSignup": {"password"},
    "Webhook": {"secret", "signingSecret"},
}
UNTRUSTED = {
    "AIOutput": {"suggestion", "tags", "summary", "text"},
    "Activity": {"data"},
    "AuditLogEntry": {"details"},
    "AuthCustomer": {"name", "email"},
    "CommunityAttachment": {"filename", "storage_path"},
    "CommunityCommentedData": {"body", "author_name"},
    "CommunityPost": {"title", "slug", "body", "custom_fields"},
    "CommunityPostEventData": {"title", "slug", "body"},
    "CommunityVotedData": {"voter_name"},
    "Customer": {"name", "email", "notes", "customFields", "metadata"},
    "CustomerEventData": {"name", "email", "notes"},
    "CustomerTicket": {"title"},
    "EventCustomer": {"name", "email"},
    "ExportResult": {"resources", "csv"},
    "HighFive": {"message"},
    "HighFiveEventData": {"from_team_name", "to_team_name", "message"},
    "HighFiveTeam": {"name"},
    "ImportFailure": {"message"},
    "Message": {"content", "senderName"},
    "Notification": {"title", "body"},
    "PublicComment": {"body", "author_name"},
    "PublicPost": {"title", "slug", "body", "author_name", "customFields"},
    "RequestLog": {"path"},
    "SearchResult": {"title", "snippet"},
    "StoredEvent": {"data"},
    "SurveySubmittedData": {"comment"},
    "Ticket": {"title", "customerName", "notes", "metadata"},
    "TicketCustomer": {"name", "email"},
    "TicketEventData": {"title", "customer_name"},
    "TicketMessageAddedData": {"content", "sender_name"},
    "TicketUpdatedData": {"changes"},
}


def _own(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the fields of a schema, also from the parts of its `allOf` that are written in place."""
    yield from schema.get("properties", {}).items()
    for part in schema.get("allOf", []):
        yield from _own(part)


def _marked(word: str, value: object, schemas: dict[str, Any]) -> dict[str, set[str]]:
    """Return the fields that have a mark, by schema."""
    marked = {name: {f for f, part in _own(schema) if part.get(word) == value} for name, schema in schemas.items()}
    return {name: fields for name, fields in marked.items() if fields}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.id)
def test_a_risk_is_stated_where_the_method_does_not_say_it(endpoint: contract.Endpoint) -> None:
    """Every POST states its risk; other operations state one that their method does not imply."""
    stated, usual = endpoint.raw.get("x-cstar-risk"), USUAL[endpoint.method]
    assert stated in ({*RISKS} if endpoint.method == "POST" else {None, *RISKS} - {usual})
    assert RECORDS[endpoint.id].risk == (stated or usual)


def test_operations_that_answer_with_a_secret_have_that_risk() -> None:
    """The risk `secret` is that of the operations whose result holds a secret, except the lists of such objects."""
    results = {e.id for e in ENDPOINTS if RECORDS[e.id].result in SECRETS and not RECORDS[e.id].is_list}
    assert {e.id for e in ENDPOINTS if RECORDS[e.id].risk == "secret"} == results - {"webhooks.get", "webhooks.update"}


def test_what_is_seen_outside_the_team_is_send() -> None:
    """The risk is `send` where a customer, a visitor, another team or the address of a webhook gets to see the effect.

    `webhooks.create` holds a secret, which counts more; a test event says nothing of the team.
    """
    assert {e.id for e in ENDPOINTS if RECORDS[e.id].risk == "send"} == {
        "articles.create",
        "articles.update",
        "categories.create",
        "categories.update",
        "community.posts.create",
        "community.posts.update",
        "game.high_fives.send",
        "imports.run",
        "members.invites.send",
        "public_community.comments.create",
        "public_community.posts.create",
        "settings.update",
        "tickets.messages.create",
        "webhooks.update",
    }


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.id)
def test_patterns_of_events_match_events(endpoint: contract.Endpoint) -> None:
    """Only operations that read name events; each pattern is valid and matches an event of the contract."""
    patterns = endpoint.raw.get("x-cstar-changed-by", [])
    assert RECORDS[endpoint.id].changed_by == tuple(patterns)
    assert not patterns or RECORDS[endpoint.id].risk == "read"
    for pattern in patterns:
        assert [kind for kind in EVENT_TYPES if matches(check_pattern(pattern), kind)], pattern


def test_every_list_has_columns() -> None:
    """Exactly the operations that answer with a list have columns."""
    assert [endpoint.id for endpoint in ENDPOINTS if "x-cstar-columns" in endpoint.raw] == [e.id for e in LISTS]
    assert len(LISTS) == 44


@pytest.mark.parametrize("endpoint", LISTS, ids=lambda endpoint: endpoint.id)
def test_columns_are_fields_of_the_items(endpoint: contract.Endpoint) -> None:
    """Columns are two to six different fields of the item, the id first; no column is a secret."""
    (answer,) = contract.answers(endpoint)
    fields = contract.properties(contract.data_schema(answer.schema)["items"])
    columns = endpoint.raw["x-cstar-columns"]
    assert RECORDS[endpoint.id].columns == tuple(columns)
    assert set(columns) <= set(fields)
    assert 2 <= len(set(columns)) == len(columns) <= 6
    assert columns[0] == "id" or "id" not in fields
    assert [name for name in columns if "x-cstar-secret" in fields[name]] == []


def test_secrets_are_marked() -> None:
    """The fields that hold secrets are marked, in the contract, in schemas.json and in the records."""
    assert _marked("x-cstar-secret", True, contract.schemas()) == SECRETS
    assert _marked("x-cstar-secret", True, GENERATED["components"]["schemas"]) == SECRETS
    found = {(record.body, p.name) for record in RECORDS.values() for p in record.params if p.secret}
    sent = {record.body for record in RECORDS.values()}
    assert found == {(name, field) for name, fields in SECRETS.items() if name in sent for field in fields}


def test_untrusted_text_is_marked() -> None:
    """The fields with text from customers or other outsiders are marked, in the contract and in schemas.json."""
    assert _marked("x-cstar-untrusted", "customer", contract.schemas()) == UNTRUSTED
    assert _marked("x-cstar-untrusted", "customer", GENERATED["components"]["schemas"]) == UNTRUSTED


def test_the_marks_are_nowhere_else() -> None:
    """The columns have one place each: operations, or fields of component schemas."""
    text = contract.KNOWN.read_text(encoding="utf-8")
    counts = [len(re.findall(rf"\b{word}: ", text)) for word in COLUMNS]
    marks = [sum(map(len, known.values())) for known in (SECRETS, UNTRUSTED)]
    assert counts == [*(sum(word in e.raw for e in ENDPOINTS) for word in COLUMNS[:3]), *marks]


def test_the_export_has_no_columns() -> None:
    """The export of the contract has none of these columns."""
    text = export(load_document(KNOWN))
    assert [word for word in COLUMNS if word in text] == []
