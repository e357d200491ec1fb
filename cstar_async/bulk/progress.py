"""A progress bar for terminals, by rich."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .report import BulkReport, ImportReport

if TYPE_CHECKING:
    from .job import Bulk

R = TypeVar("R", BulkReport, ImportReport)


async def show(job: Bulk[R], description: str) -> R:
    """Run a job and show how it gets on. Where stderr is no terminal, nothing is shown before the end."""
    try:
        from rich import progress  # noqa: PLC0415
        from rich.console import Console  # noqa: PLC0415
    except ImportError as error:
        raise ImportError("the progress bar needs rich: pip install 'cstar-async[progress]'") from error
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[failures]} failed, {task.fields[requests]} requests"),
        progress.TimeElapsedColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(description, total=job.report.expected, failures=0, requests=0)
        async for report in job:
            done = report.done + report.duplicates
            bar.update(task, completed=done, failures=report.failures, requests=report.requests_used)
        bar.update(task, total=job.report.total + job.report.duplicates)
    return job.report
