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
from .schema import APPLICATION_ID, OLDER, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from cstar_async.sandbox.contract.document import Json

PRIMARY = 0xFF
"""The bits of SQLite's codes that say what kind of error it is."""
ALPHANUMERIC = string.digits + string.ascii_uppercase + string.ascii_lowercase
PAIRS = [low + high for high in ALPHANUMERIC for low in ALPHANUMERIC]
ID_LENGTH = 12
KEY_SHOWN = 12
"""The number of characters of a key that may be shown: its prefix and a little more."""


MEMORY = ":memory:"
SIZES_KEPT = 10_000
OURS_ALONE = 0o600
BESIDE = ("", "-wal", "-shm", "-journal")
"""The suffixes of the files that SQLite creates beside a database, with the mode of the database."""


class DatabaseLostError(OSError):
    """The file of the database was deleted or replaced."""


class Database:
    """A SQLite database, in memory or in a file.

    It is called synchronously from the event loop, on purpose: a request's reads and writes take well under a
    millisecond, less than handing them to a thread, and with no await inside it a transaction cannot be interleaved
    with another request. That is also what makes "one idempotency key, one execution" hold without a lock.
    """

    def __init__(self, path: str, seed: int | None) -> None:
        """Open or make the database.

        Raises OSError for a file that cannot be used, that holds a database of something else (which is left as it
        is), or that another sandbox uses.
        """
        # What is made from no seed is the same each time, but for what nobody is to guess: see secret().
        self._seed = seed or 0
        self._secret = secrets.token_bytes(32) if seed is None else hashlib.sha256(b"seed %d" % seed).digest()
        self._sizes: dict[tuple[str, str, str], int] = {}
        if not path:
            # SQLite would use a temporary file.
            raise OSError("database must not be empty; use a path or ':memory:'")
        try:
            self._file = None if path == MEMORY else path
            if self._file is not None:
                # It holds keys. SQLite would make it with what the umask leaves; where it cannot be, SQLite says so.
                with suppress(OSError):
                    os.close(os.open(self._file, os.O_CREAT | os.O_RDWR, OURS_ALONE))
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=0)
            try:
                self._occupy(path)
                self._keep_for_us()
                self._starts = self._prepare()
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.Error as error:
            if error.sqlite_errorcode & PRIMARY == sqlite3.SQLITE_BUSY:
                raise OSError(f"the database {path} is in use by another sandbox or another program") from None
            raise OSError(f"the database {path} cannot be used: {error}") from error

    def _occupy(self, path: str) -> None:
        """Keep everybody else off the file until it is closed. Raises OSError if it is not a sandbox's; writes nothing.

        Two sandboxes on one file would each deliver every event, and count the quota for themselves. The lock is on the
        file itself, whatever name it was opened by, and ends with the process, however that ends.
        """
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._connection.execute("BEGIN EXCLUSIVE")
        number: int = self._connection.execute("PRAGMA application_id").fetchone()[0]
        tables = {row[0] for row in self._connection.execute("SELECT name FROM sqlite_schema")}
        self._connection.execute("COMMIT")
        is_older_or_empty = number == 0 and (not tables or tables >= OLDER)
        if number != APPLICATION_ID and not is_older_or_empty:
            raise OSError(f"{path} is the database of another program; use another file")

    def _keep_for_us(self) -> None:
        """Take the rights of others from a file that was made with them, and remember which file it is."""
        self._mark = self._look()
        for each in BESIDE if self._file is not None else ():
            with suppress(OSError):  # it is not there, or belongs to somebody else, who may do as he likes
                file = Path(f"{self._file}{each}")
                if file.is_file():  # a device is everybody's
                    file.chmod(OURS_ALONE)

    def _look(self) -> tuple[int, int] | None:
        """The file that is now at the path of the database, None if there is not one."""
        try:
            found = None if self._file is None else os.stat(self._file)  # noqa: PTH116  # half of what a Path costs
        except OSError:
            found = None
        return None if found is None else (found.st_dev, found.st_ino)

    def _prepare(self) -> int:
        """Make the tables; how often this database was opened, which keeps request ids apart."""
        self._connection.create_function("casefold", 1, str.casefold, deterministic=True)
        # The sandbox holds no one's real data; a crash of the machine may cost the last changes, not the file.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        # In one transaction, so that a file has all of it or is still an empty one.
        self._connection.executescript(f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; {SCHEMA} COMMIT;")
        sql = "INSERT INTO facts VALUES ('starts', 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value"
        starts: int = self._connection.execute(sql).fetchone()[0]
        # The first one stays, so that what was signed before a restart is good after it.
        sql = "INSERT INTO facts VALUES ('secret', ?) ON CONFLICT DO UPDATE SET value = value RETURNING value"
        self._secret = self._connection.execute(sql, (self._secret,)).fetchone()[0]
        return starts

    def close(self) -> None:
        """Close the database; one in memory is gone then."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """A transaction: an exception that leaves the block undoes all changes made inside.

        Raises DatabaseLostError where what is written would be gone at the end.
        """
        if self._file is not None and self._look() != self._mark:
            message = f"the database {self._file} was deleted or replaced while the sandbox was running: start it again"
            raise DatabaseLostError(message)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._sizes.clear()
            # A full disk fails the commit too, and may have made SQLite take everything back by itself.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """A savepoint in a transaction: an exception that leaves the block undoes the changes made inside."""
        self._connection.execute("SAVEPOINT one")
        try:
            yield
        except BaseException:
            self._sizes.clear()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK TO one")
                self._connection.execute("RELEASE one")
            raise
        self._connection.execute("RELEASE one")

    def execute(self, sql: str, *values: object, **named: object) -> sqlite3.Cursor:
        """Run one statement, for the modules that own a table of their own. Its values are for ? or for :name."""
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
        """The id of the request with that number since the sandbox was started."""
        return "req_" + letters(self.digest("request", self._starts, number))

    def new_id(self, team: str, prefix: str) -> str:
        """The next id of a team: prefix and 12 alphanumerics, or a UUID where the contract has no prefix."""
        sql = "UPDATE teams SET sequence = sequence + 1 WHERE id = ? RETURNING sequence"
        digest = self.digest(team, self.execute(sql, team).fetchone()[0])
        return prefix + letters(digest) if prefix else str(uuid.UUID(bytes=digest, version=4))

    def next_number(self, team: str, name: str) -> int:
        """1, 2, 3, ... for a team and a name."""
        sql = "INSERT INTO counters VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value"
        return int(self.execute(sql, team, name).fetchone()[0])

    def last_change(self) -> float:
        """When something was changed last, in Unix seconds; 0.0 in a new database."""
        sql = "SELECT max(coalesce(max(changed), 0), (SELECT coalesce(max(at), 0) FROM replays)) FROM documents"
        return float(self.execute(sql).fetchone()[0])

    def insert(
        self, team: str, collection: str, body: Json, *, owner: str = "", unique_key: str | None = None, now: float
    ) -> None:
        """Add a document under its own `id`. Raises sqlite3.IntegrityError if `unique_key` is in use."""
        self.execute(
            "INSERT INTO documents (team, collection, id, owner, natural, changed, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            team, collection, body["id"], owner, unique_key, now, orjson.dumps(body).decode(),
        )  # fmt: skip
        if (place := (team, collection, owner)) in self._sizes:
            self._sizes[place] += 1

    def update(self, team: str, collection: str, body: Json, *, unique_key: str | None = None, now: float) -> None:
        """Replace a document. Raises sqlite3.IntegrityError if `unique_key` is in use."""
        self.execute(
            "UPDATE documents SET natural = ?, changed = ?, body = ? WHERE team = ? AND collection = ? AND id = ?",
            unique_key, now, orjson.dumps(body).decode(), team, collection, body["id"],
        )  # fmt: skip

    def get(self, team: str, collection: str, document_id: str, owner: str = "") -> Json | None:
        """A document by its id, None if the team has no such document under that owner."""
        sql = "SELECT body FROM documents WHERE team = ? AND collection = ? AND id = ? AND owner = ?"
        row = self.execute(sql, team, collection, document_id, owner).fetchone()
        return None if row is None else orjson.loads(row[0])

    def by_unique_key(self, team: str, collection: str, unique_key: str) -> Json | None:
        """The document with that unique value."""
        sql = "SELECT body FROM documents WHERE team = ? AND collection = ? AND natural = ?"
        row = self.execute(sql, team, collection, unique_key).fetchone()
        return None if row is None else orjson.loads(row[0])

    def delete(self, team: str, collection: str, document_id: str) -> None:
        """Remove a document and everything that lives under it."""
        # Two statements, each with its index: with OR, SQLite reads everything that the team has.
        sql = "DELETE FROM documents WHERE team = ? AND collection = ? AND id = ?"
        self.execute(sql, team, collection, document_id)
        sql = (
            "DELETE FROM documents INDEXED BY owned WHERE owner = ? AND owner != '' AND team = ? AND collection LIKE ?"
        )
        self.execute(sql, document_id, team, f"{collection}/%")
        self._sizes.clear()

    def delete_all(self, team: str) -> None:
        """Remove all documents of a team."""
        self.execute("DELETE FROM documents WHERE team = ?", team)
        self._sizes.clear()

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
        """The documents that meet all conditions, in an order given as SQL by the code, never by a caller."""
        condition, values = _condition(team, collection, owner, where)
        sql = f"SELECT body FROM documents WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608  # ours
        return [orjson.loads(row[0]) for row in self.execute(sql, *values, limit, offset)]

    def before(
        self, team: str, collection: str, where: Sequence[Condition], place: int | None, limit: int
    ) -> list[tuple[int, Json]]:
        """The newest documents made before a place in the order of all, newest first, each with its place."""
        if place is not None:
            where = [*where, Condition("place < ?", (place,))]
        condition, values = _condition(team, collection, "", where)
        sql = f"SELECT place, body FROM documents WHERE {condition} ORDER BY place DESC LIMIT ?"  # noqa: S608  # ours
        return [(place, orjson.loads(body)) for place, body in self.execute(sql, *values, limit)]

    def count(self, team: str, collection: str, where: Sequence[Condition] = (), *, owner: str = "") -> int:
        """Count the documents that meet all conditions.

        Where there are none it is remembered: SQLite would count all of them for each page of a list. Nobody else
        writes to the database, and what is taken back is counted anew.
        """
        place = (team, collection, owner)
        if not where and place in self._sizes:
            return self._sizes[place]
        condition, values = _condition(team, collection, owner, where)
        sql = f"SELECT count(*) FROM documents WHERE {condition}"  # noqa: S608  # ours
        found = int(self.execute(sql, *values).fetchone()[0])
        if not where:
            if len(self._sizes) >= SIZES_KEPT:
                self._sizes.clear()
            self._sizes[place] = found
        return found


def _condition(team: str, collection: str, owner: str, where: Sequence[Condition]) -> tuple[str, list[Any]]:
    conditions = [Condition("team = ? AND collection = ? AND owner = ?", (team, collection, owner)), *where]
    return " AND ".join(each.sql for each in conditions), [value for each in conditions for value in each.values]


def letters(digest: bytes) -> str:
    """A digest as 12 alphanumerics."""
    number = int.from_bytes(digest, "big")
    text = ""
    for _ in range(ID_LENGTH // 2):
        number, index = divmod(number, len(PAIRS))
        text += PAIRS[index]
    return text


def key_text(digest: bytes) -> str:
    """A secret of 24 bytes or more as the 32 base64url characters of a key."""
    return base64.urlsafe_b64encode(digest[:24]).decode()
