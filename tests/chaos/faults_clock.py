"""Wall clocks that jump: each node asks libfaketime what time it is, and that reads a file.
Clocks that only run on stay true."""
import os
import pathlib

from nemesis import Family

LIBRARIES = "faketime/libfaketimeMT.so.1"
JUMPS_S = (-86_400, -3600, -30, -5, 5, 30, 3600, 86_400)


class ClockFaults(Family):
    weights = {"jump_clock": 6}

    def __init__(self, cluster):
        super().__init__(cluster)
        self.library = next(iter(sorted(pathlib.Path("/usr/lib").glob(f"*/{LIBRARIES}"))), None)

    def missing(self):
        return None if self.library else "no libfaketime (package faketime)"

    def environment(self, name):
        if not self.library:
            return {}
        self._set(name, 0)
        return {"LD_PRELOAD": str(self.library), "FAKETIME_TIMESTAMP_FILE": str(self._file(name)),
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_CACHE_DURATION": "1"}

    def jump_clock(self):
        name = self.dice.choice(self.cluster.node_names)
        if not self.nemesis.take(f"clock {name}"):
            return None
        jump = self.dice.choice(JUMPS_S)
        seconds = self.dice.uniform(2, 8)
        self._set(name, jump)
        self.nemesis.after(seconds, f"clock {name}", lambda: self._set(name, 0))
        return f"the clock of {name} is {jump:+} s wrong for {seconds:.1f} s"

    def _file(self, name):
        return self.cluster.state / f"{name}.clock"

    def _set(self, name, offset_s):
        """At once, so that a half-written file is never read."""
        fresh = self._file(name).with_suffix(".next")
        fresh.write_text(f"{offset_s:+}\n")
        os.replace(fresh, self._file(name))
