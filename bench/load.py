"""A small load generator: kept-alive connections that ask for one address, one request at a time each. Loopback only."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from itertools import cycle


async def _one(host: str, port: int, requests: Iterator[bytes], until: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        while time.perf_counter() < until:
            started = time.perf_counter()
            writer.write(next(requests))
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                sys.exit(f"unexpected answer: {head.splitlines()[0]!r}")
            length = next(
                int(line.split(b":")[1]) for line in head.lower().splitlines() if line.startswith(b"content-length")
            )
            await reader.readexactly(length)
            times.append(time.perf_counter() - started)
    finally:
        writer.close()


async def _all(host: str, port: int, requests: list[bytes], seconds: float, connections: int) -> list[float]:
    times: list[float] = []
    turns = cycle(requests)
    until = time.perf_counter() + seconds
    await asyncio.gather(*(_one(host, port, turns, until, times) for _ in range(connections)))
    return times


def ask(
    port: int, path: str, *cookies: str, seconds: float, connections: int = 8, gzip: bool = True
) -> tuple[float, list[float]]:
    """(requests per second, sorted seconds of each request) for GET `path` on 127.0.0.1, the readers with these cookies in turn."""
    requests = [_request(port, path, cookie, gzip) for cookie in cookies or ("",)]
    times = asyncio.run(_all("127.0.0.1", port, requests, seconds, connections))
    return len(times) / seconds, sorted(times)


def _request(port: int, path: str, cookie: str, gzip: bool) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += ["Accept-Encoding: gzip"] if gzip else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
