"""A browser's event socket: pushes of a tenant's events, and a live call's audio."""
import base64
import json
import os
import socket
import struct
import threading
import urllib.parse


class EventStream:
    """Connects at once and reads on a thread of its own; `events` is what came so far."""

    def __init__(self, api):
        parts = urllib.parse.urlsplit(api.base)
        ticket = api.post("/api/ws-ticket", {})["ticket"]
        self.events = []
        self.link = socket.create_connection((parts.hostname, parts.port), timeout=10)
        key = base64.b64encode(os.urandom(16)).decode()
        self.link.sendall(f"GET /ws?ticket={urllib.parse.quote(ticket)} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
                          f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                          "Sec-WebSocket-Version: 13\r\n\r\n".encode())
        self.left = b""
        while b"\r\n\r\n" not in self.left:
            self.left += self.link.recv(4096)
        head, self.left = self.left.split(b"\r\n\r\n", 1)
        self.status = int(head.split(b" ", 2)[1])
        self.link.settimeout(None)
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, **message):
        data = json.dumps(message).encode()
        size = bytes([128 | len(data)]) if len(data) < 126 else bytes([254]) + struct.pack(">H", len(data))
        self.link.sendall(bytes([129]) + size + b"\0\0\0\0" + data)

    def of(self, kind, **fields):
        return [event["data"] for event in list(self.events) if event["type"] == kind
                and all(event["data"].get(name) == value for name, value in fields.items())]

    def audio(self, side):
        return b"".join(base64.b64decode(data["audio"]) for data in self.of("call:audio", side=side))

    def close(self):
        try:
            self.link.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.link.close()

    def _take(self, count):
        while len(self.left) < count:
            piece = self.link.recv(65536)
            if not piece:
                raise ConnectionError("closed")
            self.left += piece
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    def _read(self):
        try:
            while True:
                first, size = self._take(2)
                size &= 127
                if size == 126:
                    size = struct.unpack(">H", self._take(2))[0]
                elif size == 127:
                    size = struct.unpack(">Q", self._take(8))[0]
                data = self._take(size)
                opcode = first & 15
                if opcode > 1:
                    continue
                whole = data if opcode == 1 else whole + data  # 0 continues a message
                if first & 128:
                    self.events.append(json.loads(whole))
        except (ConnectionError, OSError):
            pass
