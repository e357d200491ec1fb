"""The headers of a request, and the credentials in its headers and its query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from multidict import CIMultiDict

from cstar_async._core.request import JSON
from cstar_async._core.secrets import Secret
from cstar_async._version import __version__

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation
    from cstar_async._core.request import Body, Request

    from .settings import Settings

USER_AGENT: Final = f"cstar-async/{__version__}"


class RequestHeaders:
    """Makes the headers of the requests of one client."""

    def __init__(self, settings: Settings, *, decompresses: bool) -> None:
        # Made once and passed on unchanged: merging headers costs a tenth of a small request.
        self._anonymous = CIMultiDict({"User-Agent": USER_AGENT, "Accept": JSON})
        if not decompresses:
            self._anonymous["Accept-Encoding"] = "identity"
        self._query = ""
        foreign = settings.credentials
        if foreign is not None:
            self._query = foreign.query
            self._anonymous.update(foreign.always)
        self._authorized = self._anonymous.copy()
        if foreign is not None:
            self._authorized.update(foreign.headers)
        elif settings.api_key is not None:
            self._authorized["Authorization"] = Secret("Bearer " + str(settings.api_key))

    def target(self, operation: Operation, target: str) -> str:
        """The target with the credentials that belong into the query."""
        if not self._query or operation.key == "none":
            return target
        return Secret(f"{target}{'&' if '?' in target else '?'}{self._query!s}")

    def of(self, request: Request, key: str | None, body: Body | None) -> CIMultiDict[str]:
        """The headers of a request with this idempotency key and this body."""
        operation = request.operation
        prebuilt = self._anonymous if operation.key == "none" else self._authorized
        usual = operation.accept == JSON
        if usual and key is None and body is None and request.headers is None and request.options.headers is None:
            return prebuilt
        headers = prebuilt.copy()
        if not usual:
            headers["Accept"] = operation.accept
        if body is not None:
            headers["Content-Type"] = body.media_type
        if key is not None:
            headers["Idempotency-Key"] = key
        for name, value in request.extra_headers().items():
            is_added = name == "Cookie" and name in headers
            headers[name] = Secret(f"{headers[name]!s}; {value!s}") if is_added else value
        return headers
