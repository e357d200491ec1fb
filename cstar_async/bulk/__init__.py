"""Many objects in few requests: `update_many`, `update_each`, `delete_many`, `import_many` and `export`.

The way of a job: `source` reads the input, `batches` cuts it into requests (pure), `work` says what a request holds
and what its answer means, `run` sends them at the pace of the quota, `journal` remembers them over a crash, `report` is
what came of it. `job` is the value that the methods return, and `export` its counterpart for reading.

Every name is loaded when it is first used, so that a client which does no bulk work does not pay for it.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as in the package above
if TYPE_CHECKING:
    from .export import Export
    from .job import Bulk, JournalPath, delete_many, import_many, update_each, update_many
    from .report import BulkReport, ImportReport, Plan
    from .source import HasId, Ids, Pairs, Records

_HOME = {
    "Bulk": "job",
    "BulkReport": "report",
    "Export": "export",
    "HasId": "source",
    "Ids": "source",
    "ImportReport": "report",
    "JournalPath": "job",
    "Pairs": "source",
    "Plan": "report",
    "Records": "source",
    "delete_many": "job",
    "import_many": "job",
    "update_each": "job",
    "update_many": "job",
}

__all__ = [
    "Bulk",
    "BulkReport",
    "Export",
    "HasId",
    "Ids",
    "ImportReport",
    "JournalPath",
    "Pairs",
    "Plan",
    "Records",
    "delete_many",
    "import_many",
    "update_each",
    "update_many",
]


def __getattr__(name: str) -> object:
    module = _HOME.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
