"""The SQLite database of the sandbox: teams, keys, documents, and the answers kept for idempotency keys."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import sqlite3
import string
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from .conditions import Condition
from .schema import APPLICATION_ID, OLDER_TABLES, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from cstar_async.sandbox.contract.document import Json

PRIMARY_CODE = 0xFF
"""The bits of SQLite's error codes that are the primary code."""
ALPHANUMERIC = string.digits + string.ascii_uppercase + string.ascii_lowercase
PAIRS = [low + high for high in ALPHANUMERIC for low in ALPHANUMERIC]
ID_LENGTH = 12
KEY_SHOWN = 12
"""The number of characters of a key that may be shown: its prefix and four more."""
MEMORY = ":memory:"
MAX_COUNTS = 10_000
OWNER_ONLY = 0o600
FILE_SUFFIXES = ("", "-wal", "-shm", "-journal")
"""The suffixes of the database file and of those that SQLite creates beside it, with the same mode."""


class DatabaseLostError(OSError):
    """The file of the database was deleted or replaced."""


class Database:
    """A SQLite database, in memory or in a file.

    It is called synchronously from the event loop, on purpose. The reads and writes of a request take well under a
    millisecond, less than a switch to a thread, and transactions without an await are never interleaved. So a request
    with an idempotency key is executed once without a lock.
    """

    def __init__(self, path: str, seed: int | None) -> None:
        """Open or create the database.

        Args:
            path: A file, or `:memory:`.
            seed: Determines ids, secrets and random choices. With None, secrets are random.

        Raises:
            OSError: The file cannot be used, has the database of another program (which is left unchanged), or is in
                use by another sandbox.
        """
        self._seed = seed or 0
        self._secret = secrets.token_bytes(32) if seed is None else hashlib.sha256(b"seed %d" % seed).digest()
        self._counts: dict[tuple[str, str, str], int] = {}
        if not path:
            # For SQLite, this means a temporary file.
            raise OSError("database must not be empty; use a path or ':memory:'")
        try:
            self._file = None if path == MEMORY else path
            if self._file is not None:
                # Created here, because SQLite would create it with the umask's mode and it has keys. If that fails,
                # SQLite's error follows.
                with suppress(OSError):
                    os.close(os.open(self._file, os.O_CREAT | os.O_RDWR, OWNER_ONLY))
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=0)
            try:
                self._lock(path)
                self._restrict_access()
                self._starts = self._prepare()
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.Error as error:
            if error.sqlite_errorcode & PRIMARY_CODE == sqlite3.SQLITE_BUSY:
                raise OSError(f"the database {path} is in use by another sandbox or another program") from None
            raise OSError(f"the database {path} cannot be used: {error}") from error

    def _lock(self, path: str) -> None:
        """Lock the file until it is closed, without writing. Raises OSError if it has another program's database.

        Two sandboxes on one file would each deliver every event, and have separate quotas. The lock is on the file
        itself, whatever name it was opened by, and ends with the process.
        """
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._connection.execute("BEGIN EXCLUSIVE")
        application_id: int = self._connection.execute("PRAGMA application_id").fetchone()[0]
        tables = {row[0] for row in self._connection.execute("SELECT name FROM sqlite_schema")}
        self._connection.execute("COMMIT")
        is_older_or_empty = application_id == 0 and (not tables or tables >= OLDER_TABLES)
        if application_id != APPLICATION_ID and not is_older_or_empty:
            raise OSError(f"{path} is the database of another program; use another file")

    def _restrict_access(self) -> None:
        """Let only the owner read and write existing files, and remember which file was opened."""
        self._opened_file = self._current_file()
        for suffix in FILE_SUFFIXES if self._file is not None else ():
            with suppress(OSError):  # missing, or owned by another user
                file = Path(f"{self._file}{suffix}")
                if file.is_file():  # not a device
                    file.chmod(OWNER_ONLY)

    def _current_file(self) -> tuple[int, int] | None:
        """The device and inode of the file at the database's path; None if the path does not exist."""
        try:
            stat = None if self._file is None else os.stat(self._file)  # noqa: PTH116  # twice as fast as Path.stat()
        except OSError:
            stat = None
        return None if stat is None else (stat.st_dev, stat.st_ino)

    def _prepare(self) -> int:
        """Create the tables. Returns how often this database was opened, which makes request ids unique."""
        self._connection.create_function("casefold", 1, str.casefold, deterministic=True)
        # A crash of the machine may lose the last changes, which are test data, but does not damage the file.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        # In one transaction, so that a file has all tables or none.
        self._connection.executescript(f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; {SCHEMA} COMMIT;")
        sql = "INSERT INTO facts VALUES ('starts', 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value"
        starts: int = self._connection.execute(sql).fetchone()[0]
        # Only the first secret is stored, so that signatures stay valid after a restart.
        sql = "INSERT INTO facts VALUES ('secret', ?) ON CONFLICT DO UPDATE SET value = value RETURNING value"
        self._secret = self._connection.execute(sql, (self._secret,)).fetchone()[0]
        return starts

    def close(self) -> None:
        """Close the database; one in memory is deleted."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Run the block in a transaction; an exception rolls it back.

        Raises DatabaseLostError if the file was deleted or replaced, since its changes would be lost.
        """
        if self._file is not None and self._current_file() != self._opened_file:
            message = f"the database {self._file} was deleted or replaced while the sandbox was running: start it again"
            raise DatabaseLostError(message)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._counts.clear()
            # A full disk can fail the commit, and SQLite may have rolled back already.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """Run the block in a savepoint of a transaction; an exception rolls its changes back."""
        self._connection.execute("SAVEPOINT one")
        try:
            yield
        except BaseException:
            self._counts.clear()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK TO one")
                self._connection.execute("RELEASE one")
            raise
        self._connection.execute("RELEASE one")

    def execute(self, sql: str, *values: object, **named: object) -> sqlite3.Cursor:
        """Execute one statement with values for `?` or `:name`, for modules with their own table."""
        return self._connection.execute(sql, named or values)

    def digest(self, *parts: object) -> bytes:
        """16 bytes that depend on the seed and the parts, and look random."""
        text = "\0".join(str(part) for part in (self._seed, *parts))
        return hashlib.blake2b(text.encode(), digest_size=16).digest()

    def secret(self, *parts: object) -> bytes:
        """32 unpredictable bytes, derived from the parts and from the secret of this database or its seed."""
        text = "\0".join(map(str, parts))
        return hashlib.blake2b(text.encode(), key=self._secret, digest_size=32).digest()

    def chance(self, name: str, number: int) -> float:
        """A number from 0 up to 1 that depends on the seed, a name and a number, and looks random."""
        return int.from_bytes(self.digest("chance", name, number)[:6]) / 256**6

    def request_id(self, number: int) -> str:
        """The id of a request by its number since the sandbox was started."""
        return "req_" + letters(self.digest("request", self._starts, number))

    def new_id(self, team: str, prefix: str) -> str:
        """The next id of a team: prefix and 12 alphanumerics, or a UUID if the contract has no prefix."""
        sql = "UPDATE teams SET sequence = sequence + 1 WHERE id = ? RETURNING sequence"
        digest = self.digest(team, self.execute(sql, team).fetchone()[0])
        return prefix + letters(digest) if prefix else str(uuid.UUID(bytes=digest, version=4))

    def next_number(self, team: str, name: str) -> int:
        """1, 2, 3, ... for a team and a name."""
        sql = "INSERT INTO counters VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value"
        return int(self.execute(sql, team, name).fetchone()[0])

    def last_change(self) -> float:
        """The time of the last change, in Unix seconds; 0.0 in a new database."""
        sql = "SELECT max(coalesce(max(changed), 0), (SELECT coalesce(max(at), 0) FROM replays)) FROM documents"
        return float(self.execute(sql).fetchone()[0])

    def insert(
        self, team: str, collection: str, body: Json, *, owner: str = "", unique_key: str | None = None, now: float
    ) -> None:
        """Add a document under its own `id`. Raises sqlite3.IntegrityError if `unique_key` is in use."""
        sql = "INSERT INTO documents (team, collection, id, owner, natural, changed, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
        self.execute(sql, team, collection, body["id"], owner, unique_key, now, orjson.dumps(body).decode())
        if (key := (team, collection, owner)) in self._counts:
            self._counts[key] += 1

    def update(self, team: str, collection: str, body: Json, *, unique_key: str | None = None, now: float) -> None:
        """Replace a document. Raises sqlite3.IntegrityError if `unique_key` is in use."""
        sql = "UPDATE documents SET natural = ?, changed = ?, body = ? WHERE team = ? AND collection = ? AND id = ?"
        self.execute(sql, unique_key, now, orjson.dumps(body).decode(), team, collection, body["id"])

    def get(self, team: str, collection: str, document_id: str, owner: str = "") -> Json | None:
        """A document by its id, None if the team has no such document under that owner."""
        sql = "SELECT body FROM documents WHERE team = ? AND collection = ? AND id = ? AND owner = ?"
        row = self.execute(sql, team, collection, document_id, owner).fetchone()
        return None if row is None else orjson.loads(row[0])

    def by_unique_key(self, team: str, collection: str, unique_key: str) -> Json | None:
        """The document with this unique value, None if there is none."""
        sql = "SELECT body FROM documents WHERE team = ? AND collection = ? AND natural = ?"
        row = self.execute(sql, team, collection, unique_key).fetchone()
        return None if row is None else orjson.loads(row[0])

    def delete(self, team: str, collection: str, document_id: str) -> None:
        """Delete a document and those below it."""
        # Two statements, because for an OR SQLite would read all documents of the team.
        sql = "DELETE FROM documents WHERE team = ? AND collection = ? AND id = ?"
        self.execute(sql, team, collection, document_id)
        sql = (
            "DELETE FROM documents INDEXED BY owned WHERE owner = ? AND owner != '' AND team = ? AND collection LIKE ?"
        )
        self.execute(sql, document_id, team, f"{collection}/%")
        self._counts.clear()

    def delete_all(self, team: str) -> None:
        """Delete all documents of a team."""
        self.execute("DELETE FROM documents WHERE team = ?", team)
        self._counts.clear()

    def select(
        self,
        team: str,
        collection: str,
        where: Sequence[Condition] = (),
        *,
        owner: str = "",
        order: str = "place DESC",
        limit: int = -1,
        offset: int = 0,
    ) -> list[Json]:
        """The documents that meet all conditions. `order` is SQL, and must not come from a request."""
        documents, values = _matching(team, collection, owner, where)
        sql = f"SELECT body {documents} ORDER BY {order} LIMIT ? OFFSET ?"
        return [orjson.loads(row[0]) for row in self.execute(sql, *values, limit, offset)]

    def before(
        self, team: str, collection: str, where: Sequence[Condition], place: int | None, limit: int
    ) -> list[tuple[int, Json]]:
        """Up to `limit` documents before a place in the order of all, newest first, each with its place."""
        if place is not None:
            where = [*where, Condition("place < ?", (place,))]
        documents, values = _matching(team, collection, "", where)
        sql = f"SELECT place, body {documents} ORDER BY place DESC LIMIT ?"
        return [(place, orjson.loads(body)) for place, body in self.execute(sql, *values, limit)]

    def count(self, team: str, collection: str, where: Sequence[Condition] = (), *, owner: str = "") -> int:
        """Count the documents that meet all conditions.

        Counts without conditions are cached, since SQLite reads all documents for them. The cache stays correct because
        no other program writes to the database, and a rollback clears it.
        """
        key = (team, collection, owner)
        if not where and key in self._counts:
            return self._counts[key]
        documents, values = _matching(team, collection, owner, where)
        found = int(self.execute(f"SELECT count(*) {documents}", *values).fetchone()[0])
        if not where:
            if len(self._counts) >= MAX_COUNTS:
                self._counts.clear()
            self._counts[key] = found
        return found


def _matching(team: str, collection: str, owner: str, where: Sequence[Condition]) -> tuple[str, list[Any]]:
    """The FROM and WHERE clauses of a query, and their values."""
    conditions = [Condition("team = ? AND collection = ? AND owner = ?", (team, collection, owner)), *where]
    condition = " AND ".join(each.sql for each in conditions)
    return f"FROM documents WHERE {condition}", [value for each in conditions for value in each.values]


def letters(digest: bytes) -> str:
    """A digest as 12 alphanumerics."""
    number = int.from_bytes(digest, "big")
    text = ""
    for _ in range(ID_LENGTH // 2):
        number, index = divmod(number, len(PAIRS))
        text += PAIRS[index]
    return text


def key_text(digest: bytes) -> str:
    """The 32 base64url characters of a key, from 24 bytes or more."""
    return base64.urlsafe_b64encode(digest[:24]).decode()
