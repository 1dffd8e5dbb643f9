"""Programs under measurement: started, waited for, looked at from outside, stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil  # type: ignore[import-untyped]

from bench.kudos import SECRET, TOKEN

ROOT = Path(__file__).parent.parent
READY_WITHIN_S = 60.0
READ_WITHIN_S = 1200.0
LOOK_S = 0.02


class Server:
    """A running program. Its output goes to a file, as it would with a service manager."""

    def __init__(self, name: str, arguments: list[str], port: int, folder: Path, env: dict[str, str]) -> None:
        self.name = name
        self.port = port
        self._log = folder / f"{name}.log"
        self._began = time.perf_counter()
        with self._log.open("wb") as log:
            command = [sys.executable, *arguments]
            self._process = subprocess.Popen(command, cwd=ROOT, env=_clean() | env, stdout=log, stderr=log)
        self._seen = psutil.Process(self._process.pid)

    def until_ready(self) -> float:
        """Seconds from the start of the program to its readiness."""
        while not self._answers():
            self._check(READY_WITHIN_S)
            time.sleep(LOOK_S)
        return time.perf_counter() - self._began

    def until_logged(self, event: str) -> None:
        """Waits until the program has said so in its log."""
        while event.encode() not in self._log.read_bytes():
            self._check(READ_WITHIN_S)
            time.sleep(0.1)

    def cpu_s(self) -> float:
        """Seconds of CPU it has used, in its own code and in the system's."""
        used = self._seen.cpu_times()
        return float(used.user + used.system)

    def rss_mb(self) -> float:
        return float(self._seen.memory_info().rss) / 1_000_000

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise

    def _answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=1) as answer:
                return bool(answer.status == 200)
        except (URLError, ConnectionError, TimeoutError):
            return False

    def _check(self, within_s: float) -> None:
        if self._process.poll() is not None or time.perf_counter() - self._began > within_s:
            raise RuntimeError(f"{self.name} does not get there:\n{self._log.read_text()[-4000:]}")


def start_bare(folder: Path) -> Server:
    port = free_port()
    return Server("bare", ["-m", "bench.bare", str(port)], port, folder, {})


def start_slack(folder: Path) -> Server:
    port = free_port()
    return Server("slack", ["-m", "bench.slack", str(port)], port, folder, {})


def start_plaudit(database_url: str, slack: Server, folder: Path) -> Server:
    """As it is run in earnest, logs included, but for where Slack is."""
    port = free_port()
    return Server("plaudit", ["app.py", "serve"], port, folder, _settings(database_url, slack, port))


def verify_ledger(database_url: str) -> int:
    """The exit code of the ledger's check."""
    env = _clean() | {"PLAUDIT_DATABASE_URL": database_url}
    return subprocess.run([sys.executable, "app.py", "verify-ledger"], cwd=ROOT, env=env, check=False).returncode


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _settings(database_url: str, slack: Server, port: int) -> dict[str, str]:
    return {
        "PLAUDIT_PORT": str(port),
        "PLAUDIT_DATABASE_URL": database_url,
        "PLAUDIT_SANDBOX": "off",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_API_URL": f"http://127.0.0.1:{slack.port}/api/",
    }


def _clean() -> dict[str, str]:
    """The environment without settings of a real installation."""
    ours = ("PLAUDIT_", "SLACK_", "MICROSOFT_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
