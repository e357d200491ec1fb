"""`postgresql://…`, an inbox that receivers and workers on many machines share."""

from .store import PostgresStore

__all__ = ["PostgresStore"]
