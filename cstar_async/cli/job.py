"""Run a bulk job: its plan, its progress, its report, and what a dry run says."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from cstar_async.bulk.report import counted

from .exits import CommandError, Exit
from .notes import note
from .output import Writer
from .run import confirm, run, whoami
from .verbose import quota_left

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cstar_async.bulk import Bulk, Plan
    from cstar_async.client import CStarClient

    from .rows import Rows
    from .state import State

    Start = Callable[[CStarClient], Bulk[Any]]


def dry_run(state: State, rows: Rows, start: Start, changes: Mapping[str, Any], *, shown: int) -> None:
    """Say what a job would cost, write its first items as they would be sent, and name every bad line."""

    async def plan() -> Plan:
        async with state.client(needs_key=False) as client:
            return await start(client).plan()

    found = run(plan())
    note(f"plan: {found}")
    _write([{**row.members, **changes} for row in rows.rows[:shown]])
    for problem in rows.problems:
        note(problem)
    if rows.problems:
        raise CommandError(f"{counted(len(rows.problems), 'line')} cannot be sent", Exit.USAGE)


def run_job(state: State, rows: Rows, start: Start, what: str, *, journal: str | None, yes: bool) -> None:
    """Say what a job will cost, ask if it must be asked, run it, and report."""
    again = "" if journal is None else f"; the same command goes on from {journal}"

    async def plan() -> Plan:
        async with state.client() as client:
            job = start(client)
            found = await job.plan()
            if found.requests > 1:
                # What is left of the quota is known after an answer.
                me, _ = await whoami(client)
                state.team = state.team or me.get("teamId")
                found = await job.plan()
            return found

    async def work() -> Any:
        async with state.client() as client:
            job = start(client).options(deadline=state.deadline, max_retries=state.max_retries)
            stopped = True
            try:
                report = await (job.with_progress() if sys.stderr.isatty() else job)
                stopped = False
                return report
            finally:
                _write_troubles(job.report, rows)
                if stopped:
                    # Also by a cancellation: what is done stays done, and is to be known.
                    note(f"stopped: {_counts(job.report)}{again}")

    if state.no_color:
        os.environ["NO_COLOR"] = "1"  # read by rich, which draws the bar
    # Not in one event loop: an interrupt would not end a question in it.
    found = run(plan())
    left = quota_left(state.last_client) if found.requests > 1 and state.last_client else ""
    note(f"plan: {found}{left and '; '}{left}")
    effect = "deletes" if what.endswith("delete-many") else "changes"
    confirm(state, f"{what} {effect} {counted(found.total, 'object')}", str(found.total), yes=yes)
    report = run(work())
    text = _counts(report)
    if report.failures or report.in_doubt or report.unsent:
        facts = {
            "succeeded": report.succeeded,
            "failed": report.failures,
            "in_doubt": len(report.in_doubt),
            "unsent": len(report.unsent),
            "requests": report.requests_used,
        }
        raise CommandError(text, Exit.PARTLY, facts)
    note(text)


def _counts(report: Any) -> str:
    parts = [f"{report.succeeded:,} done"]
    parts += [f"{getattr(report, n):,} {n}" for n in ("created", "updated", "skipped") if getattr(report, n, 0)]
    if report.resumed:
        parts.append(f"{report.resumed:,} of them before")
    parts += [
        f"{count:,} {name}"
        for count, name in (
            (report.failures, "failed"),
            (len(report.in_doubt), "in doubt"),
            (len(report.unsent), "not sent"),
        )
        if count
    ]
    if report.duplicates:
        parts.append(f"{counted(report.duplicates, 'duplicate')} left out")
    return f"{', '.join(parts)}; {counted(report.requests_used, 'request')}"


def _write_troubles(report: Any, rows: Rows) -> None:
    """Write what failed and what is in doubt as JSON lines, with the id, or the line of a record."""
    troubles = [("failed", key, error) for key, error in report.failed.items()]
    troubles += [("in_doubt", key, report.doubts.get(key)) for key in dict.fromkeys(report.in_doubt)]
    lines: list[dict[str, object]] = []
    for outcome, key, error in troubles:
        line: dict[str, object] = {"id": key} if isinstance(key, str) else {"line": rows.rows[int(key)].line}
        line["outcome"] = outcome
        if error is not None:
            line["code"] = getattr(error, "code", None)
            line["message"] = getattr(error, "message", None) or str(error)
        lines.append(line)
    _write(lines)


def _write(lines: Sequence[Mapping[str, object]]) -> None:
    Writer("jsonl", (), chosen=False, color=False).rows(lines)
