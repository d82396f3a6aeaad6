"""What must hold after a run, judged by the sandbox's history and the database rows alone.

Each checker answers a `Verdict`: the id of RELIABILITY.md §7.4, the promise, what was
looked at, and the violations found. Caly's own counters and answers are no evidence.
"""
import collections
import dataclasses
import json
import pathlib
import subprocess
import threading

import database

FINAL_ROWS = ("done", "exhausted", "suppressed", "no_credit", "cancelled")
LIVE_STATES = ("reserved", "sending", "placed", "unknown")
TAKEN = ("accepted", "accepted_then_timeout")
SHOWN = 5  # violations that are named
# The dial protocol moves only to the right; `unknown` may turn out to be `placed`.
STATE_RANK = {"reserved": 0, "sending": 1, "unknown": 2, "placed": 3, "ended": 4, "not_placed": 4, "lost": 4}
STATUS_RANK = {"queued": 0, "dialing": 1, "ringing": 2, "in_progress": 3}
# What the sandbox says of an ended call -> what the row may say.
SAME_END = {"completed": ("completed", "voicemail"), "busy": ("busy",), "no-answer": ("no_answer",),
            "failed": ("failed",), "canceled": ("canceled",)}


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
        command = [self.program, "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.url]
        for name, value in values.items():
            command += ["-v", f"{name}={value}"]
        script = f"select coalesce(json_agg(x), '[]') from ({query}) x;"
        made = subprocess.run(command, input=script, capture_output=True, text=True, check=False, timeout=60)
        if made.returncode != 0:
            raise RuntimeError(f"psql: {made.stderr.strip()}")
        return json.loads(made.stdout)

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


class Checkers:
    """All checkers over one run. `tenant_caps` and `system_cap` are the highest limits that
    were in force; without them the limits in the rows count. `answers_may_be_lost`: nodes
    died while they waited for the provider."""

    def __init__(self, endpoints, tenant_caps=None, system_cap=None, price_per_minute=1_000_000, pulse_s=1,
                 answers_may_be_lost=False):
        self.rows = Rows(endpoints["database_url"])
        self.history_file = endpoints["sim_history"]
        self.tenant_caps = tenant_caps or {}
        self.system_cap = system_cap
        self.price = price_per_minute
        self.pulse_s = pulse_s
        self.answers_may_be_lost = answers_may_be_lost
        self.load()

    def load(self):
        """Reads the evidence anew."""
        self.history = read_history(self.history_file)
        self.creates = [line for line in self.history if line["kind"] == "call.create"]
        self.placed = placed_calls(self.history)
        self.calls = {call["id"]: call for call in self.rows.ask("select * from calls")}
        self.by_row = collections.defaultdict(list)
        owners = {call["provider_call_id"]: call["tenant_id"] for call in self.calls.values()}
        for call in self.placed.values():
            if call.attempt:
                self.by_row[uuid_of(call.attempt)].append(call)
            elif call.inbound:  # the carrier does not know whose it is
                owner = owners.get(call.call_id)
                call.tenant = "ten_" + owner.replace("-", "") if owner else ""

    def of_row(self, call):
        """The sandbox's calls that belong to a row: by our id, else by the provider's."""
        return self.by_row.get(call["id"]) or [
            each for each in (self.placed.get(call["provider_call_id"]),) if each]

    # -- dialing

    def created_once(self):
        counts = collections.Counter(line.get("attempt") for line in self.creates)
        bad = [f"attempt {attempt} was created {n} times" for attempt, n in counts.items() if attempt and n > 1]
        bad += [f"{line['call_id']} to {line['to']} carries no attempt id" for line in self.creates
                if not line.get("attempt")]
        known = {each for each in counts if each and uuid_of(each) not in self.calls}
        bad += [f"attempt {each} has no row" for each in known]
        return Verdict("C1", "no attempt is created twice, and each has its row",
                       f"{len(self.creates)} creates of {len(counts)} attempts", bad)

    def one_call_a_person(self):
        people = collections.defaultdict(list)
        for call in self.placed.values():
            people[(call.tenant, call.person)].append(call)
        bad = []
        for (_, to), calls in people.items():
            calls.sort(key=lambda call: call.start)
            bad += [f"{to}: {a.attempt} until {a.end:.2f}, {b.attempt} from {b.start:.2f}"
                    for a, b in zip(calls, calls[1:]) if b.start < a.end]
        return Verdict("C1b", "nobody has two calls at once",
                       f"{len(self.placed)} calls to {len(people)} people", bad)

    def evidence_first(self):
        """A create-call that was refused or failed must not count as a call, and the other way round."""
        bad = []
        refused = ("not_placed", "lost") if self.answers_may_be_lost else ("not_placed",)
        results = {line["attempt"]: line["result"] for line in self.creates if line.get("attempt")}
        for attempt, result in results.items():
            row = self.calls.get(uuid_of(attempt))
            if not row or row["ended_at"] is None:
                continue
            wanted = {"refused": refused, "error": ("lost", "not_placed")}.get(result, ("ended",))
            if row["state"] not in wanted:
                bad.append(f"{attempt}: the sandbox said {result}, the row says {row['state']} ({row['end_reason']})")
        return Verdict("C1c", "each row ends as the provider's answer says", f"{len(results)} answers", bad)

    def rows_add_up(self):
        bad = []
        for row in self.rows.ask("select *, imported + updated + duplicate_in_file + duplicate_in_system"
                                 " + suppressed + invalid as total from imports where status = 'completed'"):
            if row["rows"] != row["total"]:
                bad.append(f"import {row['id']}: {row['rows']} rows, counts add up to {row['total']}")
        campaigns = self.rows.ask(
            "select m.id, m.status, m.max_attempts,"
            " (select count(*) from import_contacts l where l.tenant_id = m.tenant_id and l.import_id = m.import_id) as accepted,"
            " (select json_object_agg(s.state, s.n) from (select q.state, count(*) as n from call_queue q"
            "   where q.tenant_id = m.tenant_id and q.campaign_id = m.id group by q.state) s) as states"
            " from call_campaigns m where m.started_at is not null")
        total = 0
        for campaign in campaigns:
            states = campaign["states"] or {}
            total += sum(states.values())
            if sum(states.values()) != campaign["accepted"]:
                bad.append(f"campaign {campaign['id']}: {campaign['accepted']} rows accepted, queue has {states}")
            left = {state: n for state, n in states.items() if state not in FINAL_ROWS}
            if campaign["status"] in ("completed", "stopped") and left:
                bad.append(f"campaign {campaign['id']} is {campaign['status']} with {left}")
            if campaign["status"] in ("running", "paused"):
                bad.append(f"campaign {campaign['id']} is {campaign['status']}")
        for row in self.rows.ask(
                "select q.campaign_id, q.contact_id, q.attempts, m.max_attempts from call_queue q"
                " join call_campaigns m on m.tenant_id = q.tenant_id and m.id = q.campaign_id"
                " where q.attempts > m.max_attempts"):
            bad.append(f"row {row['contact_id']} had {row['attempts']} attempts of {row['max_attempts']}")
        return Verdict("C2", "every accepted row ends in one final state",
                       f"{total} rows of {len(campaigns)} campaigns", bad)

    def limits_hold(self):
        pools = {pool["scope"]: pool["cap"] for pool in self.rows.ask("select scope, cap from pools")}
        cap = self.system_cap or pools["system"]
        # Who rang in and was turned away had no line.
        calls = [call for call in self.placed.values() if call.tenant or not call.inbound]
        most, at = most_at_once([(call.start, call.end) for call in calls])
        bad = [f"{most} calls of {cap} lived at {at:.2f}"] if most > cap else []
        seen = [f"system {most}/{cap}"]
        tenants = collections.defaultdict(list)
        for call in calls:
            tenants[call.tenant and uuid_of(call.tenant)].append((call.start, call.end))
        for tenant, intervals in tenants.items():
            own = self.tenant_caps.get(tenant) or pools.get(f"tenant:{tenant}", 0)
            most, at = most_at_once(intervals)
            seen.append(f"tenant {most}/{own}")
            if most > own:
                bad.append(f"{most} calls of {own} of {tenant} lived at {at:.2f}")
        return Verdict("C3", "live calls stay within the tenant's and the system's limit",
                       ", ".join(seen[:4]), bad)

    # -- money

    def ledger_adds_up(self):
        bad = []
        entries = self.rows.ask("select * from ledger")
        of_call = collections.defaultdict(lambda: collections.defaultdict(list))
        sums = collections.defaultdict(lambda: [0, 0])
        moves = {"topup": (1, 0), "adjust": (1, 0), "hold": (-1, 1), "release": (1, -1), "charge": (0, -1)}
        for entry in entries:
            free, held = moves[entry["kind"]]
            sums[entry["tenant_id"]][0] += free * entry["amount_micros"]
            sums[entry["tenant_id"]][1] += held * entry["amount_micros"]
            if entry["ref"]:
                of_call[entry["ref"]][entry["kind"]].append(entry)
        for row in self.rows.ask("select * from credit_balances"):
            told = [row["balance_micros"], row["held_micros"]]
            if sums[row["tenant_id"]] != told:
                bad.append(f"tenant {row['tenant_id']}: ledger says {sums[row['tenant_id']]}, balance and held are {told}")
        for call in self.calls.values():
            bad += self.money_of(call, of_call[call["id"]])
        bad += [f"ledger names the unknown call {ref}" for ref in of_call if ref not in self.calls]
        return Verdict("C4", "the ledger adds up: one hold, then charge and release, for each attempt",
                       f"{len(entries)} entries, {len(self.calls)} calls", bad)

    def money_of(self, call, entries):
        bad = []
        name = f"call {call['id']} ({call['state']}, {call['status']})"
        first = [each for each in entries["hold"] if each["key"] == f"hold:{call['id']}:1"]
        held, charged, released = (sum(each["amount_micros"] for each in entries[kind])
                                   for kind in ("hold", "charge", "release"))
        if len(first) != 1:
            bad.append(f"{name} has {len(first)} first holds")
        if len(entries["charge"]) > 1 or len(entries["release"]) > 1:
            bad.append(f"{name} was charged or released twice")
        if call["ended_at"] is None:
            if charged or released:
                bad.append(f"{name} lives and was charged {charged}, released {released}")
            return bad
        if held != charged + released:
            bad.append(f"{name}: held {held}, charged {charged}, released {released}")
        if charged != call["charged_micros"]:
            bad.append(f"{name}: ledger charged {charged}, the row says {call['charged_micros']}")
        due = sum(self.price_of(each) for each in self.of_row(call))
        if charged != due:
            talk = [(each.status, each.answered, each.duration_s) for each in self.of_row(call)]
            bad.append(f"{name}: charged {charged}, due {due} for {talk}, row has {call['duration_s']} s")
        return bad

    def price_of(self, placed):
        if not placed.answered:
            return 0
        pulses = -(-placed.duration_s // self.pulse_s)
        return pulses * self.pulse_s * self.price // 60

    # -- state

    def states_agree(self):
        bad = []
        moments = ("created_at", "sending_at", "placed_at", "ended_at")
        for call in self.calls.values():
            ended = [each for each in self.of_row(call) if each.status]
            if call["state"] == "ended" and ended and call["status"] not in SAME_END[ended[0].status]:
                bad.append(f"call {call['id']}: the sandbox says {ended[0].status}, the row {call['status']}")
            if call["state"] == "ended" and not ended:
                bad.append(f"call {call['id']} is ended, the sandbox knows no end of it")
            # Providers tell the time in whole seconds.
            times = [call[each][:19] for each in moments if call[each]]
            if call["state"] == "ended" and times != sorted(times):
                bad.append(f"call {call['id']}: its times run backwards: {times}")
        for row in self.rows.ask("select call_id, event_key, count(*) as n from call_events group by 1, 2 having count(*) > 1"):
            bad.append(f"event {row['event_key']} of call {row['call_id']} counted {row['n']} times")
        return Verdict("C8", "states only move forward and end as the provider's did",
                       f"{len(self.calls)} calls", bad)

    def nothing_left(self):
        bad = [f"pool {pool['scope']} has {pool['used']} in use" for pool in
               self.rows.ask("select scope, used from pools where used <> 0")]
        bad += [f"call {call['id']} to {call['to_number']} is still {call['state']} ({call['status']})"
                for call in self.calls.values() if call["ended_at"] is None]
        bad += [f"row {row['contact_id']} is still dialing" for row in
                self.rows.ask("select contact_id from call_queue where state = 'dialing'")]
        bad += [f"tenant {row['tenant_id']} still holds {row['held_micros']}" for row in
                self.rows.ask("select tenant_id, held_micros from credit_balances where held_micros <> 0")]
        bad += [f"sandbox call {call.call_id} to {call.to} never ended" for call in self.placed.values()
                if call.status is None]
        return Verdict("C9", "no permit, hold, live call or dialing row is left", f"{len(self.calls)} calls", bad)

    def all(self):
        """Every checker, once everything is over."""
        self.load()
        return [self.created_once(), self.one_call_a_person(), self.evidence_first(), self.rows_add_up(),
                self.limits_hold(), self.ledger_adds_up(), self.states_agree(), self.nothing_left()]


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
