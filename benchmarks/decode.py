"""decode: a page of 100 tickets from bytes to objects. encode: a create body from arguments to bytes."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import msgspec
import orjson

from cstar_async import CStarClient
from cstar_async._core.drift import count_absent
from cstar_async._generated.models.shared import (
    _decode_ticket_leniently,  # pyright: ignore[reportPrivateUsage]  # what decode_ticket is compared with
    decode_ticket,
)

from . import data, peers
from .report import Table
from .rounds import cpu_ratio, cpus, interleave
from .stock import generated

if TYPE_CHECKING:
    from collections.abc import Callable

    from .rounds import Samples
    from .stock import Stock

PLAIN, LIMIT, OURS, PYDANTIC = "orjson alone, plain dicts", "orjson + fromisoformat, no objects", "**ours**", "pydantic"
DUMPS = "orjson.dumps of a ready dict"


def _decoders(stock: Stock) -> dict[str, Callable[[], object]]:
    raw = data.page_body(1)
    parse = dt.datetime.fromisoformat
    structs = msgspec.json.Decoder(peers.MsgspecPage)
    converter = peers.cattrs_converter()

    def dates() -> object:
        rows = orjson.loads(raw)["data"]
        for row in rows:
            for name in data.DATE_FIELDS:
                if (value := row[name]) is not None:
                    row[name] = parse(value)
        return rows

    def ours() -> object:
        return [decode_ticket(row) for row in orjson.loads(raw)["data"]]

    return {
        PLAIN: lambda: orjson.loads(raw),
        LIMIT: dates,
        OURS: ours,
        "msgspec": lambda: structs.decode(raw),
        PYDANTIC: lambda: peers.PydanticPage.model_validate_json(raw),
        "cattrs, orjson preset": lambda: converter.loads(raw, peers.AttrsPage),
        "openapi-python-client": lambda: stock.models.ListTicketsResponse200.from_dict(json.loads(raw)),
    }


def _encoders(stock: Stock, client: CStarClient) -> dict[str, Callable[[], object]]:
    body = data.create_body()
    words: dict[str, Any] = {
        "title": body["title"],
        "priority": body["priority"],
        "customer_id": body["customerId"],
        "tags": body["tags"],
        "initial_message": body["initialMessage"],
        "metadata": body["metadata"],
    }
    converter = peers.cattrs_converter()
    create = client.tickets.create

    def ours() -> object:
        # The whole method, including its Call.
        call = create(**words)
        call._used = True  # pyright: ignore[reportPrivateUsage]  # prevents the warning that it was not sent
        return call._request.body()  # pyright: ignore[reportPrivateUsage]

    models = stock.models
    stock_words = {
        **words,
        "priority": models.TicketPriority(words["priority"]),
        "metadata": models.TicketCreateMetadata.from_dict(words["metadata"]),
    }
    return {
        DUMPS: lambda: orjson.dumps(body),
        OURS: ours,
        "msgspec": lambda: msgspec.json.encode(peers.MsgspecCreate(**words)),
        PYDANTIC: lambda: peers.PydanticCreate(**words).model_dump_json(by_alias=True, exclude_unset=True),
        "cattrs, orjson preset": lambda: converter.dumps(peers.AttrsCreate(**words)),
        "openapi-python-client": lambda: json.dumps(models.TicketCreate(**stock_words).to_dict()),
    }


COMPLETE, LENIENT, LACKING = "**every promised field is there**", "read leniently from the start", "one is missing"


def _presence() -> dict[str, Callable[[], object]]:
    rows = orjson.loads(data.page_body(1))["data"]
    lacking = [{name: value for name, value in row.items() if name != "title"} for row in rows]

    def incomplete() -> object:
        try:
            return [decode_ticket(row) for row in lacking]
        finally:
            count_absent("tickets.list")

    return {
        COMPLETE: lambda: [decode_ticket(row) for row in rows],
        LENIENT: lambda: [_decode_ticket_leniently(row) for row in rows],
        LACKING: incomplete,
    }


def _rows(samples: Samples, limit: str) -> list[tuple[str, str, str]]:
    return [
        (name, cpu_ratio(samples, name, limit).show(), cpus(found).times(1e6).show(1))
        for name, found in samples.items()
    ]


def tables(*, quick: bool) -> list[Table]:
    """The three tables."""
    rounds = 5 if quick else 40
    client = CStarClient("sk_test_benchmark", team_id=data.TEAM)
    with generated() as stock:
        decoded = interleave(_decoders(stock), rounds=rounds, repeat=10)
        encoded = interleave(_encoders(stock, client), rounds=rounds, repeat=300)
    present = interleave(_presence(), rounds=rounds, repeat=30)
    size = len(data.page_body(1)) / 1024
    against = cpu_ratio(decoded, OURS, PYDANTIC).show()
    return [
        Table(
            "decode",
            f"A page of 100 tickets, {size:.0f} KB, from bytes to objects. The limit is orjson with the dates read "
            "and no objects made.",
            ("", "times the limit", "µs CPU"),
            _rows(decoded, LIMIT),
            [f"Ours takes {against} of pydantic's time."],
        ),
        Table(
            "decode_presence",
            "A page of 100 tickets from parsed JSON to objects, with all promised fields and without one. "
            "The limit tolerates absent fields from the start.",
            ("", "times the limit", "µs CPU"),
            _rows(present, LENIENT),
        ),
        Table(
            "encode",
            "The body of `tickets.create(...)`, from Python arguments to bytes. Ours is the whole method with its "
            "`Call`; the limit has nothing to build.",
            ("", "times the limit", "µs CPU"),
            _rows(encoded, DUMPS),
        ),
    ]
