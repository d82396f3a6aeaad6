"""A socket of ConversationRelay as a carrier opens it, or as a stranger would."""
import base64
import json
import os
import socket
import struct
import urllib.parse
import urllib.request

from wire import twilio_signature


class RelaySocket:
    """Connects at once; `status` is what the handshake was answered with."""

    def __init__(self, url, signature=None, timeout_s=10):
        parts = urllib.parse.urlsplit(url)
        self.link = socket.create_connection((parts.hostname, parts.port), timeout=timeout_s)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {parts.path} HTTP/1.1", f"Host: {parts.netloc}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        if signature:
            lines.append(f"X-Twilio-Signature: {signature}")
        self.link.sendall("\r\n".join([*lines, "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head and (piece := self.link.recv(4096)):
            head += piece
        self.status = int(head.split(b" ", 2)[1]) if head else 0

    def send(self, text, opcode=1):
        """One masked frame."""
        data = text.encode() if isinstance(text, str) else text
        if len(data) < 126:
            size = bytes([128 | len(data)])
        elif len(data) < 65536:
            size = bytes([254]) + struct.pack(">H", len(data))
        else:
            size = bytes([255]) + struct.pack(">Q", len(data))
        self.link.sendall(bytes([128 | opcode]) + size + b"\0\0\0\0" + data)

    def setup(self, sid):
        self.send(json.dumps({"type": "setup", "sessionId": "VX" + os.urandom(16).hex(), "callSid": sid}))

    def next(self):
        """The next message of the node's, which masks nothing."""
        while True:
            opcode, size = self._exactly(2)
            size &= 127
            if size >= 126:
                size = int.from_bytes(self._exactly(2 if size == 126 else 8), "big")
            data = self._exactly(size)
            if opcode & 15 == 1:
                return json.loads(data)
            if opcode & 15 == 8:
                raise ConnectionError("the node closed the socket")

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            piece = self.link.recv(size - len(data))
            if not piece:
                raise ConnectionError("the node hung up")
            data += piece
        return data

    def ends(self):
        """Reads until the node closes. False: it did not within the time."""
        try:
            while self.link.recv(65536):
                pass
        except (ConnectionError, BrokenPipeError):
            return True
        except TimeoutError:
            return False
        return True

    def close(self):
        self.link.close()


def address_of(base, path, tenant, call, sid, token):
    """Asks for a call's document as Twilio does; answers the address of the socket in it."""
    target = f"{path}?tenant={tenant}&call={call}"
    fields = {"CallSid": sid, "CallStatus": "in-progress"}
    request = urllib.request.Request(base + target, urllib.parse.urlencode(fields).encode(), {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": twilio_signature(token, base + target, fields)})
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read().decode()
    if "<ConversationRelay" not in text:
        raise AssertionError(f"no relay in the answer: {text}")
    return text.split('<ConversationRelay url="')[1].split('"')[0]
