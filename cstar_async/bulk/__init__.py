"""Many objects in few requests: `update_many`, `update_each`, `delete_many`, `import_many` and `export`.

The steps of a job: `inputs` reads the items, `batching` cuts them into batches (pure), `jobs` makes the requests and
reads their answers, `runner` and `sender` send them at the pace of the quota, `journal` remembers them over a crash,
`report` is the result. `job` has the object that the methods return, and `export` its counterpart for reading.

Every name is loaded when it is first used, so that a client without bulk work does not load it.
"""

from __future__ import annotations

from cstar_async._lazy import lazy_names

TYPE_CHECKING = False  # as in the package above
if TYPE_CHECKING:
    from .export import Export
    from .inputs import HasId, Ids, Pairs, Records
    from .job import Bulk, JournalPath, delete_many, import_many, update_each, update_many
    from .report import BulkReport, ImportReport, Plan

_HOME = {
    "Bulk": "job",
    "BulkReport": "report",
    "Export": "export",
    "HasId": "inputs",
    "Ids": "inputs",
    "ImportReport": "report",
    "JournalPath": "job",
    "Pairs": "inputs",
    "Plan": "report",
    "Records": "inputs",
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


__getattr__ = lazy_names(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted(__all__)
