"""The headers and bodies of the last requests and answers, for the inspector."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from cstar_async.sandbox.storage.database import KEY_SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async.sandbox.contract.document import Json

MAX_EXCHANGES = 1_000
LARGEST_BODY = 16 * 1024
"""The number of bytes of a body that are kept."""
SECRETS = frozenset({"authorization", "cookie", "proxy-authorization"})
"""Headers with credentials."""


class RequestRecord(NamedTuple):
    """A request that reached the sandbox.

    Attributes:
        method: The HTTP method.
        path: The path of the URL.
        status: The status of the answer; 0 if a fault broke the connection before a complete answer.
        request_id: The id of the request.
        number: Counts the requests.
        team: The id of the team in the path or of the key; empty if there is none.
        key_prefix: The first characters of the API key; empty if it is missing or unknown.
        at: Unix seconds, on the sandbox's clock.
        milliseconds: The real time that the request took.
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
    """The headers and the body of a request or an answer. `size` is that of the complete body in bytes."""

    headers: Mapping[str, str]
    body: bytes
    size: int

    @classmethod
    def of(cls, headers: Mapping[str, str], body: bytes) -> Message:
        """Return a message with a truncated body."""
        return cls(headers, body[:LARGEST_BODY], len(body))

    def show(self) -> Json:
        """The message as JSON, without its secrets."""
        return {
            "headers": [
                [_encodable(name), _encodable(_mask(value) if name.lower() in SECRETS else value)]
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
        """Store a request and its answer, and drop the oldest if there are too many."""
        self._kept[number] = (request, answer)
        if len(self._kept) > MAX_EXCHANGES:
            self._kept.popitem(last=False)

    def get(self, number: int) -> tuple[Message, Message] | None:
        """The request and the answer with this number, None if they were dropped."""
        return self._kept.get(number)


def _encodable(value: str) -> str:
    """Replace lone surrogates, as which aiohttp decodes invalid UTF-8."""
    return value.encode(errors="replace").decode()


def _mask(value: str) -> str:
    """Mask credentials, except for the prefix of an API key."""
    scheme, space, secret = value.partition(" ")
    if not space:
        return "…"
    return f"{scheme} {secret[:KEY_SHOWN]}…" if secret.startswith(("sk_", "pk_")) else f"{scheme} …"
