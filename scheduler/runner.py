"""Wakes what is due, by APScheduler in memory. It only wakes: whether something is done, the database decides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.clock import real_time

_log = structlog.get_logger("scheduler")


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done every so many seconds, by every replica: it must not matter how many there are."""

    name: str
    every_s: float
    run: Callable[[], Awaitable[object]]


class Runner:
    def __init__(self, jobs: list[Job]) -> None:
        # A late run is still a run, and many late ones are one; APScheduler's default drops them silently.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        self._woken: set[str] = set()
        for job in jobs:
            self._scheduler.add_job(self._guarded(job), "interval", seconds=job.every_s, id=job.name)

    def start(self) -> None:
        self._scheduler.start()

    def wake(self, name: str) -> None:
        """Runs a job at once, if this runner has it; when it is running just now, right after that."""
        if job := self._scheduler.get_job(name):
            self._woken.add(name)
            job.modify(next_run_time=real_time())  # which APScheduler passes over while the job runs

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _guarded(self, job: Job) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            self._woken.discard(job.name)
            try:
                await job.run()
            except Exception:
                _log.exception("job failed", job=job.name)
            if job.name in self._woken:
                await run()

        return run
