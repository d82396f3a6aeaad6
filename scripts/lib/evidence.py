"""What checkers judge by: the sandbox's history and the database rows of a run."""
import dataclasses
import json
import pathlib
import subprocess

import database

TAKEN = ("accepted", "accepted_then_timeout")
SHOWN = 5  # violations that are named


@dataclasses.dataclass
class Verdict:
    id: str
    promise: str
    seen: str
    violations: list

    def line(self):
        if not self.violations:
            return f"ok    {self.id:4} {self.promise} ({self.seen})"
        shown = "".join(f"\n        {each}" for each in self.violations[:SHOWN])
        more = len(self.violations) - SHOWN
        return (f"FAIL  {self.id:4} {self.promise} ({self.seen}): {len(self.violations)} violations{shown}"
                + (f"\n        and {more} more" if more > 0 else ""))


class Rows:
    """Questions to a run's database; answers are lists of dictionaries."""

    def __init__(self, url):
        self.url = url
        self.program = str(database.binaries() / "psql")

    def ask(self, query, **values):
        """`:'name'` in the query becomes the value, quoted."""
        return json.loads(self.run(f"select coalesce(json_agg(x), '[]') from ({query}) x;", **values))

    def run(self, script, **values):
        """What psql prints for a script of any statements."""
        command = [self.program, "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.url]
        for name, value in values.items():
            command += ["-v", f"{name}={value}"]
        made = subprocess.run(command, input=script, capture_output=True, text=True, check=False, timeout=60)
        if made.returncode != 0:
            raise RuntimeError(f"psql: {made.stderr.strip()}")
        return made.stdout

    def one(self, query, **values):
        """The only value of the only row."""
        return next(iter(self.ask(query, **values)[0].values()))


def read_history(path):
    """The sandbox's lines in their order; a line that is being written is left out."""
    text = pathlib.Path(path).read_text()
    return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]


def uuid_of(public_id):
    """`call_<32 hex>` -> the row's uuid."""
    digits = public_id.rsplit("_", 1)[-1]
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@dataclasses.dataclass
class PlacedCall:
    """One call as the sandbox saw it; `end` is infinite while it lives."""
    call_id: str
    attempt: str
    to: str
    person: str
    tenant: str
    start: float
    inbound: bool = False
    end: float = float("inf")
    answered: bool = False
    status: str = None
    duration_s: int = 0


def placed_calls(history):
    """Calls that the sandbox took, by its own id."""
    found = {}
    for line in history:
        kind, call_id = line["kind"], line.get("call_id")
        inbound = kind == "call.inbound"
        if inbound or (kind == "call.create" and line["result"] in TAKEN):
            found[call_id] = PlacedCall(call_id, line.get("attempt") or "", line["to"],
                                        line["from" if inbound else "to"],
                                        line.get("tenant") or "", line["t"], inbound)
        elif call_id in found:
            call = found[call_id]
            if kind == "call.answered":
                call.answered = True
            elif kind == "call.end":
                call.end, call.status, call.duration_s = line["t"], line["status"], line["duration_s"]
    return found


def most_at_once(intervals):
    """The most intervals [start, end) that hold at one instant, and when that was."""
    edges = sorted([(start, 1) for start, _ in intervals] + [(end, -1) for _, end in intervals],
                   key=lambda edge: (edge[0], edge[1]))
    live = most = 0
    at = None
    for t, change in edges:
        live += change
        if live > most:
            most, at = live, t
    return most, at
