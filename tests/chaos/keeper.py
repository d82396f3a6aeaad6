"""Starts again what has died, as an init system would."""
import signal
import threading
import time

UNEXPECTED = "ended by itself"


class Keeper(threading.Thread):
    """Starts again what has ended, and remembers ends that nobody ordered."""

    def __init__(self, cluster, dice):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.dice = dice
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.ordered = set()  # names whose next end was ordered
        self.odd = []
        self.restarts = 0

    def run(self):
        due = {}
        while not self.over.wait(0.1):
            for name in self.cluster.node_names:
                if self.cluster.alive(name):
                    continue
                if name not in due:
                    self._judge(name)
                    due[name] = time.monotonic() + self.dice.uniform(0.1, 2.5)
                elif time.monotonic() >= due[name]:
                    del due[name]
                    self.cluster.start_again(name)
                    self.restarts += 1

    def stop(self):
        self.over.set()
        if self.is_alive():
            self.join()

    def _judge(self, name):
        code = self.cluster.exit_code(name)
        with self.lock:
            ordered = name in self.ordered
            self.ordered.discard(name)
        # 70: it found itself declared dead; -9: killed, by us or by its own watchdog.
        # A node that starts while the database is away says so and ends with 1.
        if code not in (None, 0, 1, 70, -signal.SIGKILL) or (code == 0 and not ordered):
            self.odd.append(f"{name} {UNEXPECTED} with {code}")

