"""Secrets of all kinds, the forms in which a server repeats them, and a search through all that can be printed."""

from __future__ import annotations

import base64
import html
import pickle
import traceback
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import quote

import orjson

from cstar_async.errors import CStarError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN = "customer-token-Zm9vYmFyYmF6"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjdXNfMSJ9.c2lnbmF0dXJl-xYz"


class Secret(NamedTuple):
    """A secret: the whole text, and the part that must not be shown."""

    text: str
    part: str


KEYS = {
    "a live key": Secret("sk_live_0123456789abcdefghijklmnopqrstuv", "0123456789abcdef"),
    "a publishable key": Secret("pk_test_zyxwvutsrqponmlkjihgfedcba987654", "zyxwvutsrqponml"),
    "a key of an unknown kind": Secret("acme.2026/Key+with=odd&signs<Q7rT9>", "2026/Key+with"),
}
OTHERS = {
    "a signing secret": Secret("whsec_4f7a1c9e2b8d4a6f8d4a6f", "4f7a1c9e2b8d"),
    "a refresh token": Secret("rt_a1B2c3D4e5F6g7H8", "a1B2c3D4e5"),
    "the sandbox's refresh token": Secret("cstr_0a1b2c3d4e5f6a7b", "0a1b2c3d4e5f"),
    "a JSON Web Token": Secret(JWT, "eyJzdWIiOiJjdXNfMSJ9"),
    "a proxy's password": Secret("http://ada:pr0xy-p@ss/word@proxy.example:3128", "pr0xy-p"),
    "a database's password": Secret("postgresql://ada:dbpassw0rd@db.example/cstar", "dbpassw0rd"),
    "a named password": Secret("host=db password='open sesame' user=ada", "open sesame"),
    "credentials": Secret("Basic " + base64.b64encode(b"ada:hunter2hunter2").decode(), "YWRhOmh1bnRlcjJ"),
}
ALL = {**KEYS, **OTHERS}


def escaped(text: str) -> str:
    """The text as JSON, with every character escaped that is not alphanumeric."""
    return "".join(each if each.isalnum() else f"\\u{ord(each):04x}" for each in text)


FORMS: dict[str, Callable[[str], bytes]] = {
    "a message": lambda text: orjson.dumps({"error": {"code": "bad", "message": f"no such key: {text}."}}),
    "an escaped message": lambda text: f'{{"error":{{"message":"bad {escaped(text)}"}}}}'.encode(),
    "every text of an error": lambda text: orjson.dumps(
        {"error": dict.fromkeys(("type", "code", "message", "param", "doc_url", "request_id"), text)}
    ),
    "a member of the body": lambda text: orjson.dumps({"error": {"message": "no"}, "debug": [{"sent": {text: text}}]}),
    "JSON in JSON": lambda text: orjson.dumps({"error": {"message": orjson.dumps({"echo": text}).decode()}}),
    "JSON that is cut off": lambda text: orjson.dumps({"error": {"message": f"bad {text}"}})[:-3],
    "JSON that is cut off in the secret": lambda text: b'{"error":"' + text[: len(text) - 4].encode(),
    "a page": lambda text: f"<html><title>No {html.escape(text)}</title><p>{html.escape(text)}</p></html>".encode(),
    "a page with entities": lambda text: f"<title>{''.join(f'&#{ord(each)};' for each in text)}</title>".encode(),
    "plain text": lambda text: f"who is {text}?\r\nnobody".encode(),
    "an address": lambda text: f"see https://x.example/?key={quote(text, safe='')}".encode(),
    "text that is not UTF-8": lambda text: b"\xff\xfe " + text.encode(),
}


def printable_forms(value: object, depth: int = 0) -> Iterator[str]:
    """All printable forms of a value; for an error, those of its whole chain."""
    yield repr(value)
    if isinstance(value, BaseException) and depth < 8:
        yield str(value)
        yield repr(vars(value))
        yield from map(str, vars(value).values())
        yield repr(cast("tuple[object, ...]", value.args))
        yield from traceback.TracebackException.from_exception(value, capture_locals=True).format()
        for other in (value.__cause__, value.__context__):
            if other is not None:
                yield from printable_forms(other, depth + 1)
        if isinstance(value, CStarError):
            yield pickle.dumps(value).decode("latin-1")
            yield repr(vars(cast("CStarError", pickle.loads(pickle.dumps(value)))))


def assert_hidden(secret: Secret, *values: object) -> None:
    """None of these values shows the secret, in any encoding."""
    for value in values:
        for text in printable_forms(value):
            plain = html.unescape(text)
            assert secret.part not in text, text[:3000]
            assert secret.part not in plain, text[:3000]
            assert quote(secret.part, safe="") not in text, text[:3000]
