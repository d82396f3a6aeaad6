"""A browser in a test call, without the browser: its socket, its microphone and its ears."""
import base64
import json
import struct
import subprocess
import threading
import time

from relay_socket import RelaySocket

RATE_HZ = 16_000
PIECE_S = 0.02
PIECE_BYTES = int(RATE_HZ * PIECE_S) * 2


def spoken(text, voice="en-us"):
    """What espeak-ng makes of the text, as 16-bit samples at 16 kHz."""
    wav = subprocess.run(["espeak-ng", "--stdout", "-v", voice, "-s", "150", "--", text],
                         capture_output=True, check=True).stdout
    rate = struct.unpack_from("<I", wav, 24)[0]
    samples = struct.unpack(f"<{(len(wav) - 44) // 2}h", wav[44:44 + (len(wav) - 44) // 2 * 2])
    out = []
    for i in range(int(len(samples) * RATE_HZ / rate) - 1):
        at = i * rate / RATE_HZ
        left = samples[int(at)]
        out.append(int(left + (samples[int(at) + 1] - left) * (at - int(at))))
    return struct.pack(f"<{len(out)}h", *out)


class BrowserLine:
    """Joins at once and keeps the line going in real time, silent while nothing is said."""

    def __init__(self, url, rate=RATE_HZ):
        self.socket = RelaySocket(url)
        self.status = self.socket.status
        self.heard_bytes = 0
        self.over = threading.Event()
        self._saying = b""
        self._lock = threading.Lock()
        self._pending = b""
        if self.status != 101:
            return
        self._send({"type": "start", "sample_rate": rate})
        for work in (self._speak, self._listen):
            threading.Thread(target=work, daemon=True).start()

    def _send(self, message):
        with self._lock:
            self.socket.send(json.dumps(message))

    def say(self, samples):
        """Returns when it was said."""
        self._saying = samples
        while self._saying and not self.over.is_set():
            time.sleep(PIECE_S)

    def words(self, text):
        self._send({"type": "words", "text": text})

    def hang_up(self):
        self.over.set()
        self.socket.close()

    def _speak(self):
        due = time.monotonic()
        while not self.over.is_set():
            piece, self._saying = self._saying[:PIECE_BYTES], self._saying[PIECE_BYTES:]
            try:
                self._send({"type": "audio", "data": base64.b64encode(piece.ljust(PIECE_BYTES, b"\0")).decode()})
            except OSError:
                self.over.set()
            due += PIECE_S
            time.sleep(max(0, due - time.monotonic()))

    def _listen(self):
        """Plays at once, so each mark goes back when its audio would have been heard."""
        self.socket.link.settimeout(0.5)
        heard_until = time.monotonic()
        while not self.over.is_set():
            message = self._next()
            if message is None:
                continue
            if message["type"] == "audio":
                samples = base64.b64decode(message["data"])
                self.heard_bytes += len(samples)
                heard_until = max(heard_until, time.monotonic()) + len(samples) / 2 / RATE_HZ
            elif message["type"] == "clear":
                heard_until = time.monotonic()
            elif message["type"] == "mark":
                threading.Timer(max(0, heard_until - time.monotonic()), self._echo, [message["name"]]).start()

    def _echo(self, name):
        try:
            self._send({"type": "mark", "name": name})
        except OSError:
            self.over.set()

    def _next(self):
        """The next text message, or nothing for now."""
        while True:
            text = self._take_frame()
            if text is not None:
                return json.loads(text) if text else None
            try:
                piece = self.socket.link.recv(65536)
            except TimeoutError:
                return None
            except OSError:
                piece = b""
            if not piece:
                self.over.set()
                return None
            self._pending += piece

    def _take_frame(self):
        """The payload of a whole frame that came; empty when it is not text."""
        data = self._pending
        if len(data) < 2:
            return None
        size, at = data[1] & 127, 2
        if size == 126:
            size, at = struct.unpack_from(">H", data, 2)[0] if len(data) >= 4 else 1 << 30, 4
        elif size == 127:
            size, at = struct.unpack_from(">Q", data, 2)[0] if len(data) >= 10 else 1 << 30, 10
        if len(data) < at + size:
            return None
        self._pending = data[at + size:]
        return data[at:at + size].decode() if data[0] & 15 == 1 else ""
