"""HTTP/1.1 as far as both ends of a measurement need it: messages with a Content-Length, on connections that stay.

Client and fake share two cores with the server they measure, so they do not carry a whole HTTP library along.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from dataclasses import dataclass

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response; `start` is its first line."""

    start: bytes
    head: bytes
    body: bytes


class Wire(asyncio.Protocol):
    """One connection, cut into messages."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._buffer = b""

    @abstractmethod
    def heard(self, message: Message) -> None:
        """A whole message has come."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while message := self._cut():
            self.heard(message)

    def _cut(self) -> Message | None:
        end = self._buffer.find(_END)
        if end < 0:
            return None
        head = self._buffer[:end]
        start_of_body = end + len(_END)
        end_of_body = start_of_body + _length(head)
        if len(self._buffer) < end_of_body:
            return None
        body = self._buffer[start_of_body:end_of_body]
        self._buffer = self._buffer[end_of_body:]
        return Message(head.partition(b"\r\n")[0], head, body)


def _length(head: bytes) -> int:
    at = head.lower().find(_LENGTH)
    return int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
