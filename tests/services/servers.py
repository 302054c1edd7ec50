"""Servers of one's own for a test: a Redis, a PostgreSQL and a pgbouncer on free ports, in a folder that is thrown away."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

LONGEST = 900  # seconds for what takes one or two: to end a test that hangs, never to say how quick a machine has to be
# Below those that systems give to outgoing lines, so that none is taken before a server listens.
PORTS = range(20_000, 32_000)
_signs: list[socket.socket] = []


def free_port() -> int:
    """A port that nothing listens on, and that no other test on this machine gets as long as this process lives.

    Its sign for the others is the UDP port of the same number, which is held.
    """
    while True:
        port = secrets.choice(PORTS)
        sign, probe = socket.socket(type=socket.SOCK_DGRAM), socket.socket()
        with probe:
            free = taken(sign, port) and taken(probe, port)
        if free:
            _signs.append(sign)
            return port
        sign.close()


def taken(sign: socket.socket, port: int) -> bool:
    """Take a port, if nobody has it."""
    try:
        sign.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until that holds. Raises TimeoutError with `what` was waited for."""
    end = time.monotonic() + LONGEST
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Until the server listens. Raises TimeoutError, and AssertionError where it ended instead."""

    def listens() -> bool:
        assert server.poll() is None, f"it ended with {server.returncode} and never listened on {port}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(listens, f"nothing listens on {port}")


def end(server: subprocess.Popen[bytes], *, group: bool = False) -> None:
    """Have a server end, with all processes of its session where it leads one; killed, and said, when it does not."""
    send = os.killpg if group else os.kill
    if server.poll() is None:
        send(server.pid, signal.SIGTERM)
    try:
        server.wait(LONGEST)
    except subprocess.TimeoutExpired:
        send(server.pid, signal.SIGKILL)
        server.wait()
        raise


class Redis:
    """A redis-server (or valkey-server) that can be stopped and started."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        assert program, "redis-server is needed: apt-get install redis-server"
        arguments = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, cwd="/")
        wait_for(self.port, self._process)

    def stop(self) -> None:
        if self._process:
            end(self._process)
            self._process = None

    def pause(self) -> None:
        """Let it hang: connections are taken and nothing answers."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)


class Pooler:
    """pgbouncer in transaction mode in front of a PostgreSQL, with fewer connections than there are threads that ask."""

    def __init__(self, url: str, *, connections: int = 2) -> None:
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        assert Path(program).exists(), "pgbouncer is needed: apt-get install pgbouncer"
        behind = urlsplit(url)
        self.port = free_port()
        self.url = urlunsplit(behind._replace(netloc=f"{behind.username}@127.0.0.1:{self.port}"))
        self._folder = Path(tempfile.mkdtemp(prefix="pooler-"))
        self._log = self._folder / "log"
        (self._folder / "pgbouncer.ini").write_text(
            f"[databases]\n* = host={behind.hostname} port={behind.port or 5432} user={behind.username}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\nauth_type = any\n"
            f"pool_mode = transaction\ndefault_pool_size = {connections}\nmax_client_conn = 100\n"
            f"logfile = {self._log}\n"
        )
        user: dict[str, int] = {}
        if os.geteuid() == 0:  # pgbouncer refuses to run as root
            person = pwd.getpwnam("postgres")
            user = {"user": person.pw_uid, "group": person.pw_gid}
            os.chown(self._folder, person.pw_uid, person.pw_gid)
        command = [program, "-q", str(self._folder / "pgbouncer.ini")]
        self._process = subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL, **user)
        wait_for(self.port, self._process)

    def stop(self) -> None:
        end(self._process)
        shutil.rmtree(self._folder, ignore_errors=True)


class PostgreSQL:
    """A cluster of its own, trusted from this machine only; it can be stopped, at once or with kill -9, and started."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"postgresql://course@127.0.0.1:{self.port}/course"
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        program = shutil.which("pg_ctl", path=os.pathsep.join([*map(str, found), os.environ["PATH"]]))
        assert program, "PostgreSQL's programs are needed: apt-get install postgresql"
        self.programs = Path(program).parent
        self._outer = Path(tempfile.mkdtemp(prefix="pg-"))
        self.folder = self._outer / "data"
        self._user: dict[str, int] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            person = pwd.getpwnam("postgres")
            self._user = {"user": person.pw_uid, "group": person.pw_gid}
            os.chown(self._outer, person.pw_uid, person.pw_gid)
        self._run("initdb", "-D", str(self.folder), "-U", "course", "-A", "trust", "--no-sync", "-E", "UTF8")
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "course", "course")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **self._user)
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=60"
        command = [
            str(self.programs / "pg_ctl"),
            "-D",
            str(self.folder),
            "-w",
            "-l",
            str(self.folder / "log"),
            "-o",
            options,
            "start",
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **self._user)

    def stop(self, how: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self.folder), "-m", how, "-w", "stop")

    def remove(self) -> None:
        subprocess.run(
            [str(self.programs / "pg_ctl"), "-D", str(self.folder), "-m", "immediate", "stop"],
            cwd="/",
            check=False,
            capture_output=True,
            **self._user,
        )
        shutil.rmtree(self._outer, ignore_errors=True)
