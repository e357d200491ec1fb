"""Measure the rows in turn (round-robin), so that other load on the machine affects all of them alike."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

CLIENT_CORE = 0
SERVER_CORE = 1


class Sample(NamedTuple):
    """Seconds that one run of a row took for each thing that it did."""

    wall: float
    cpu: float


class Spread(NamedTuple):
    """The median of some samples, with minimum and maximum."""

    median: float
    least: float
    greatest: float

    def show(self, digits: int = 2) -> str:
        """`0.91 (0.88-0.95)`."""
        return f"{self.median:.{digits}f} ({self.least:.{digits}f}-{self.greatest:.{digits}f})"

    def per_second(self) -> Spread:
        """Convert seconds for one into a number a second."""
        return Spread(1 / self.median, 1 / self.greatest, 1 / self.least)

    def times(self, factor: float) -> Spread:
        """Convert to another unit."""
        return Spread(self.median * factor, self.least * factor, self.greatest * factor)


Samples: TypeAlias = Mapping[str, Sequence[Sample]]
"""The samples of each row; the n-th of each are of one round."""


def pin(core: int) -> None:
    """Keep this process on one core, if the machine has it."""
    if core in os.sched_getaffinity(0):
        os.sched_setaffinity(0, {core})


def spread(values: Sequence[float]) -> Spread:
    """Median, minimum and maximum."""
    return Spread(statistics.median(values), min(values), max(values))


def walls(samples: Sequence[Sample]) -> Spread:
    """Wall-clock seconds for one."""
    return spread([sample.wall for sample in samples])


def cpus(samples: Sequence[Sample]) -> Spread:
    """CPU seconds of this process for one."""
    return spread([sample.cpu for sample in samples])


def wall_ratio(samples: Samples, row: str, limit: str) -> Spread:
    """How much longer `row` takes than `limit`, compared round by round."""
    return spread([a.wall / b.wall for a, b in zip(samples[row], samples[limit], strict=True)])


def cpu_ratio(samples: Samples, row: str, limit: str) -> Spread:
    """How much more CPU time `row` takes than `limit`, compared round by round."""
    return spread([a.cpu / b.cpu for a, b in zip(samples[row], samples[limit], strict=True)])


def rate_ratio(samples: Samples, row: str, limit: str) -> Spread:
    """The rate of `row` divided by that of `limit`, compared round by round."""
    return spread([b.wall / a.wall for a, b in zip(samples[row], samples[limit], strict=True)])


def turns(names: Sequence[str], rounds: int) -> list[list[str]]:
    """The order of the rows in each round; each round starts with another row."""
    shifts = (number % len(names) for number in range(rounds))
    return [[*names[shift:], *names[:shift]] for shift in shifts]


def interleave(rows: Mapping[str, Callable[[], object]], *, rounds: int, repeat: int) -> Samples:
    """Run each row `repeat` times in each of `rounds` rounds, after one round to warm up."""
    samples: dict[str, list[Sample]] = {name: [] for name in rows}
    for number, turn in enumerate(turns(list(rows), rounds + 1)):
        for name in turn:
            run = rows[name]
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            for _ in range(repeat):
                run()
            sample = Sample((time.perf_counter() - wall) / repeat, (time.process_time() - cpu) / repeat)
            if number:
                samples[name].append(sample)
    return samples


async def interleave_async(rows: Mapping[str, Callable[[], Awaitable[int]]], *, rounds: int) -> Samples:
    """Like `interleave`, for coroutine functions that return how many things they did."""
    samples: dict[str, list[Sample]] = {name: [] for name in rows}
    for number, turn in enumerate(turns(list(rows), rounds + 1)):
        for name in turn:
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            done = await rows[name]()
            sample = Sample((time.perf_counter() - wall) / done, (time.process_time() - cpu) / done)
            if number:
                samples[name].append(sample)
    return samples
