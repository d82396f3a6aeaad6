"""Looks at the rows while a run goes on."""
import subprocess
import threading

from evidence import Rows, Verdict

# The dial protocol moves only to the right; `unknown` may turn out to be `placed`.
STATE_RANK = {"reserved": 0, "sending": 1, "unknown": 2, "placed": 3, "ended": 4, "not_placed": 4, "lost": 4}
STATUS_RANK = {"queued": 0, "dialing": 1, "ringing": 2, "in_progress": 3}


class StateWatch:
    """Looks at the rows again and again while a run goes on, and remembers every step back."""

    def __init__(self, endpoints, every_s=0.5):
        self.rows = Rows(endpoints["database_url"])
        self.every_s = every_s
        self.last = {}
        self.violations = []
        self.looks = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _run(self):
        while not self._over.wait(self.every_s):
            try:
                rows = self.rows.ask("select id, state, status, last_sequence, charged_micros from calls")
            except (RuntimeError, subprocess.TimeoutExpired):
                continue  # the database is away; that is a fault some runs make
            self.looks += 1
            for row in rows:
                self._compare(row)

    def _compare(self, row):
        before = self.last.get(row["id"])
        self.last[row["id"]] = row
        if before is None:
            return
        back = STATE_RANK[row["state"]] < STATE_RANK[before["state"]]
        back |= STATUS_RANK.get(row["status"], 4) < STATUS_RANK.get(before["status"], 4)
        over = STATE_RANK[before["state"]] == 4
        if back or (over and (row["state"], row["status"]) != (before["state"], before["status"])):
            self.violations.append(f"call {row['id']}: {before['state']}/{before['status']} became "
                                   f"{row['state']}/{row['status']}")

    def verdict(self):
        return Verdict("C8b", "no look at the rows ever showed a step back",
                       f"{self.looks} looks, {len(self.last)} calls", self.violations)
