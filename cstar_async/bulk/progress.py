"""A progress bar for terminals, by rich."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, TypeVar

from .report import BulkReport, ImportReport, counted

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable

R = TypeVar("R", BulkReport, ImportReport)


async def show(
    reports: AsyncIterable[R], final: R, description: str, seconds_for: Callable[[int], Awaitable[float]]
) -> R:
    """Show the progress of a job until it ends. If stderr is not a terminal, only the end is shown.

    Args:
        reports: The job's reports, one after each batch.
        final: The job's own report, which is complete when `reports` has ended.
        description: The text before the bar.
        seconds_for: Gives the seconds that so many requests take at the pace of the quota.

    Raises:
        ImportError: rich is not installed.
    """
    try:
        from rich import progress, text
        from rich.console import Console
    except ImportError as error:
        raise ImportError("the progress bar needs rich: pip install 'cstar-async[progress]'") from error

    class TimeLeft(progress.ProgressColumn):
        """The time left by the speed so far, or by the pace of the quota if that takes longer."""

        def render(self, task: progress.Task) -> text.Text:
            left = max(task.time_remaining or 0, task.fields["paced_until"] - task.get_time())
            shown = dt.timedelta(seconds=0 if task.finished else round(left))
            return text.Text(str(shown), style="progress.remaining")

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[failures]} failed, {task.fields[requests]}, left"),
        TimeLeft(),
    )
    with progress.Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(description, total=final.expected, failures=0, requests="0 requests", paced_until=0.0)
        async for report in reports:
            done = report.done + report.duplicates
            settled = max(1, report.done - report.resumed)
            rest = max(0, (report.expected or 0) - done)
            paced = await seconds_for(math.ceil(rest * report.requests_used / settled))
            bar.update(
                task,
                completed=done,
                failures=report.failures,
                requests=counted(report.requests_used, "request"),
                paced_until=bar.get_time() + paced,
            )
        bar.update(task, total=final.total + final.duplicates)
    return final
