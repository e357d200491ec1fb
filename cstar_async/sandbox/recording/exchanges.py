"""The last requests and answers in full, as far as that is bearable, for people who look."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from cstar_async.sandbox.storage.database import KEY_SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async.sandbox.contract.document import Json

KEPT = 1_000
LARGEST_BODY = 16 * 1024
"""Bytes of a body that are kept; all of it is measured."""
SECRETS = frozenset({"authorization", "cookie", "proxy-authorization"})
"""Headers that say who somebody is."""


class RequestRecord(NamedTuple):
    """A request that reached the sandbox; `status` is 0 where no whole answer was given, on purpose.

    `number` counts the requests. `team` is the id of the one that it was about, `key_prefix` how its key begins; they
    are empty where none was found. `at` is in Unix seconds.
    """

    method: str
    path: str
    status: int
    request_id: str
    number: int = 0
    team: str = ""
    key_prefix: str = ""
    at: float = 0.0
    milliseconds: float = 0.0


class Message(NamedTuple):
    """The headers and the body of a request or an answer. The body may have been cut; `size` is what it had."""

    headers: Mapping[str, str]
    body: bytes
    size: int

    @classmethod
    def of(cls, headers: Mapping[str, str], body: bytes) -> Message:
        """A message, its body cut to what is kept."""
        return cls(headers, body[:LARGEST_BODY], len(body))

    def show(self) -> Json:
        """The message as JSON, without its secrets."""
        return {
            "headers": [
                [_text(name), _text(_hidden(value) if name.lower() in SECRETS else value)]
                for name, value in self.headers.items()
            ],
            "body": self.body.decode(errors="replace"),
            "size": self.size,
            "truncated": self.size > len(self.body),
        }


class Exchanges:
    """The request and the answer of each of the last 1,000 requests, by the number of its RequestRecord."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[Message, Message]] = OrderedDict()

    def keep(self, number: int, request: Message, answer: Message) -> None:
        """Remember one, and forget the oldest if there are too many."""
        self._kept[number] = (request, answer)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def get(self, number: int) -> tuple[Message, Message] | None:
        """Request and answer, None if they are not kept any more."""
        return self._kept.get(number)


def _text(value: str) -> str:
    """A name or a value of a header, ready to be written: invalid UTF-8 arrives as surrogates."""
    return value.encode(errors="replace").decode()


def _hidden(value: str) -> str:
    """The kind of key and a little more, as much as the service itself shows of one."""
    scheme, space, secret = value.partition(" ")
    if not space:
        return "…"
    return f"{scheme} {secret[:KEY_SHOWN]}…" if secret.startswith(("sk_", "pk_")) else f"{scheme} …"
