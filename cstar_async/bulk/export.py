"""All objects of a kind: through the export endpoint if it returns all of them, else page by page."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
import tempfile
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Generic, NoReturn, TypeVar, cast

from cstar_async._core import drift
from cstar_async._core import response as responses
from cstar_async._core.idempotency import idempotency_key_for
from cstar_async._core.options import Options
from cstar_async._core.pager import Pager
from cstar_async._core.representation import safe_repr
from cstar_async._core.request import Request
from cstar_async._core.serialization import json_type
from cstar_async.errors import DecodeError, PermissionDeniedError, SecretKeyRequiredError

from .writing import cells, to_csv, to_json

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence

    from cstar_async._core.call import BaseClient
    from cstar_async._core.operation import Operation
    from cstar_async._core.response import RawResponse

T_co = TypeVar("T_co", covariant=True)
PAGE: Final = 100
_CHUNK_ROWS: Final = 500


class _ExportedRows:
    """The rows of an answer of the export endpoint, as an object whose repr in a traceback shows none of them."""

    __slots__ = ("answer", "rows")

    def __init__(self, rows: list[Any], answer: RawResponse) -> None:
        self.rows = rows
        self.answer = answer


class Export(Generic[T_co]):
    """All rows that match the filters: `async for ticket in cstar.tickets.export()`, or into a file.

    One request returns up to 10,000 rows, as cStar documents. If there may be more, if the answer would be too
    large, or if the key may not export, the list is read instead, with a request for each 100 rows. So the order of
    the rows is not defined. The requests have the priority `"bulk"`. Each iteration sends new requests.
    """

    def __init__(
        self,
        client: BaseClient,
        listing: Operation,
        bulk_operation: Operation,
        query: Mapping[str, object],
        decode: Callable[[Any], T_co],
        columns: Sequence[str],
    ) -> None:
        assert listing.bulk is not None  # only lists of such resources have the method
        self._client = client
        self._requester = client._requester  # noqa: SLF001  # inside the package  # pyright: ignore[reportPrivateUsage]
        self._listing = listing
        self._bulk_operation = bulk_operation
        self._kind, _, self._max_rows = listing.bulk
        self._query = {name: value for name, value in query.items() if value is not None}
        self._decode = decode
        self.columns = columns
        """The fields of the contract, by their wire names."""

    async def __aiter__(self) -> AsyncGenerator[T_co, None]:
        found = await self._export_all()
        if found is None:
            async with aclosing(aiter(self._pager(self._decode))) as items:
                async for item in items:
                    yield item
            return
        for place in range(len(found.rows)):
            yield self._read(found, place)

    async def to_ndjson(self, path: str | os.PathLike[str]) -> int:
        """Write each row as a line of JSON, as the service sent it.

        A lone surrogate becomes U+FFFD, since UTF-8 has none. The file appears under its name only when it is complete.
        A replaced file keeps its mode, also behind a symbolic link; a new one has the mode 0600.

        Args:
            path: The file.

        Returns:
            The number of rows.

        Raises:
            ValueError: `path` is not the name of a regular file. Nothing was sent.
            OSError: The file cannot be written.
        """
        return await self.write("to_ndjson", path, b"", lambda rows: b"".join(to_json(row) + b"\n" for row in rows))

    async def to_csv(self, path: str | os.PathLike[str]) -> int:
        """Write CSV (RFC 4180, UTF-8) with a header line.

        The columns are the fields of the contract, by their wire names. Lists and objects are written as JSON, null as
        an empty cell, integers with all their digits. Text is not changed: a spreadsheet may treat a customer's text
        that begins with `=` as a formula. The file is written as by `to_ndjson`.

        Args:
            path: The file.

        Returns:
            The number of rows.

        Raises:
            ValueError: `path` is not the name of a regular file. Nothing was sent.
            OSError: The file cannot be written.
        """
        names = self.columns

        def write(rows: Iterable[Mapping[str, Any]]) -> bytes:
            return to_csv(cells(row, names) for row in rows)

        return await self.write("to_csv", path, to_csv([names]), write)

    async def write(
        self, method: str, path: str | os.PathLike[str], head: bytes, lines: Callable[[list[Any]], bytes]
    ) -> int:
        """Write a file of a format of your own; it is written as by `to_ndjson`.

        Args:
            method: What asks for the file, for errors.
            path: The file.
            head: What it begins with.
            lines: The text of some rows as the service sent them. It is called in another thread.

        Returns:
            The number of rows.

        Raises:
            ValueError: `path` is not the name of a regular file. Nothing was sent.
            OSError: The file cannot be written.
        """
        count = 0
        target, mode = await asyncio.to_thread(_target, method, path)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            part = file.name
            try:
                await asyncio.to_thread(file.write, head)
                async with aclosing(self.chunks()) as chunks:
                    async for rows in chunks:
                        count += len(rows)
                        await asyncio.to_thread(_append, file, rows, lines)
                await asyncio.to_thread(_finish, file)
                await asyncio.to_thread(os.chmod, part, mode)
                await asyncio.to_thread(os.replace, part, target)
            except BaseException:
                _remove(part)  # not in a thread: the task may be being cancelled
                raise
        return count

    async def chunks(self) -> AsyncGenerator[list[Any], None]:
        """Rows as the service sent them, in chunks. Raises DecodeError for a row that is not an object."""
        found = await self._export_all()
        if found is not None:
            for place in range(len(found.rows)):
                if not isinstance(found.rows[place], dict):
                    problem = f"{self._row_path(place)}: expected an object, got {json_type(found.rows[place])}"
                    responses.raise_decode_error(self._bulk_operation, found.answer, None, [problem], None)
            for start in range(0, len(found.rows), _CHUNK_ROWS):
                yield found.rows[start : start + _CHUNK_ROWS]
            return
        async with aclosing(self._pager(_object).pages()) as pages:
            async for page in pages:
                yield page.data

    async def _export_all(self) -> _ExportedRows | None:
        """The rows of the export endpoint; None if it does not return all of them."""
        body = {"resources": [{"type": self._kind, "filters": self._query}], "format": "json"}
        request = Request(
            self._bulk_operation,
            (),
            None,
            body,
            None,
            Options(priority="bulk"),
            idempotency_key_for(self._bulk_operation),
        )
        try:
            answer = await self._requester.send(request)
        except (SecretKeyRequiredError, PermissionDeniedError):
            return None
        except DecodeError:  # larger than the limit of one answer
            return None
        result: Any = responses.read_result(self._bulk_operation, answer, cast("Callable[[Any], Any] | None", None))
        try:
            rows: Any = result["resources"][self._kind]
        except (KeyError, TypeError):
            rows = None
        if not isinstance(rows, list):
            problem = f"$.data.resources.{self._kind}: expected an array, got {json_type(rows)}"
            del result, rows
            responses.raise_decode_error(self._bulk_operation, answer, None, [problem], None)
        whole = cast("list[Any]", rows)  # type: ignore[redundant-cast]  # pyright knows only that it is a list
        return None if len(whole) >= self._max_rows else _ExportedRows(whole, answer)

    def _pager(self, decode: Callable[[Any], Any] | None) -> Pager[Any]:
        size = {self._listing.size_param: PAGE} if self._listing.size_param else {}
        query = {**self._query, **size}
        return Pager[Any](self._client, self._listing, (), query, None, decode).options(priority="bulk")

    def _read(self, found: _ExportedRows, place: int) -> T_co:
        try:
            row = self._decode(found.rows[place])
        except Exception as cause:  # noqa: BLE001  # decoders raise whatever bad data makes them raise
            self._refuse(found, place, cause)
        finally:
            drift.count_absent(self._bulk_operation.id)
        if found.answer.strict or drift.is_sampled():
            self._inspect(found, place)
        return row

    @responses.hide_variables
    def _inspect(self, found: _ExportedRows, place: int) -> None:
        operation, answer = self._bulk_operation, found.answer
        problems = drift.inspect(operation.id, self._decode, [found.rows[place]], [self._row_path(place)])
        if problems and answer.strict:
            responses.raise_decode_error(operation, answer, None, problems, None)

    @responses.hide_variables
    def _refuse(self, found: _ExportedRows, place: int, cause: Exception) -> NoReturn:
        problems = responses.explain(self._decode, found.rows[place], self._row_path(place))
        responses.raise_decode_error(self._bulk_operation, found.answer, None, problems, cause)

    def _row_path(self, row: int) -> str:
        return f"$.data.resources.{self._kind}[{row}]"

    @safe_repr
    def __repr__(self) -> str:
        return f"<Export: {self._kind}>"


def _object(row: Any) -> Any:
    """The row unchanged. Raises TypeError if it is not an object."""
    if not isinstance(row, dict):
        raise TypeError(f"expected an object, got {json_type(row)}")
    return cast("dict[str, Any]", row)


def _target(method: str, path: str | os.PathLike[str]) -> tuple[Path, int]:
    """The file to write, and its mode. Raises ValueError or OSError if it cannot be written."""
    target = Path(
        os.path.realpath(path)
    )  # so that links stay, and a later change of the working directory has no effect
    try:
        # Of the path itself: what a link such as /dev/stdout points to may have no name.
        mode = Path(path).stat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG | 0o600
    if not stat.S_ISREG(mode) or not Path(path).name or os.fspath(path).endswith(os.sep):
        raise ValueError(f"{method} writes a file; {os.fspath(path) or repr('')} is not a file name")
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(target.parent))
    return target, stat.S_IMODE(mode)


def _remove(path: str) -> None:
    Path(path).unlink(missing_ok=True)


def _append(file: BinaryIO | Any, rows: list[Any], write: Callable[[list[Any]], bytes]) -> None:
    file.write(write(rows))


def _finish(file: BinaryIO | Any) -> None:
    file.flush()
    os.fsync(file.fileno())
