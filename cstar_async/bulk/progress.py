"""A progress bar for terminals, by rich."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .report import BulkReport, ImportReport, counted

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

R = TypeVar("R", BulkReport, ImportReport)


async def show(reports: AsyncIterable[R], final: R, description: str) -> R:
    """Show the progress of a job until it ends. If stderr is not a terminal, only the end is shown.

    Args:
        reports: The job's reports, one after each batch.
        final: The job's own report, which is complete when `reports` has ended.
        description: The text before the bar.

    Raises:
        ImportError: rich is not installed.
    """
    try:
        from rich import progress
        from rich.console import Console
    except ImportError as error:
        raise ImportError("the progress bar needs rich: pip install 'cstar-async[progress]'") from error
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[failures]} failed, {task.fields[requests]}, left"),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(description, total=final.expected, failures=0, requests="0 requests")
        async for report in reports:
            done = report.done + report.duplicates
            bar.update(
                task, completed=done, failures=report.failures, requests=counted(report.requests_used, "request")
            )
        bar.update(task, total=final.total + final.duplicates)
    return final
