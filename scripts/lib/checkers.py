"""What must hold after a run, judged by the sandbox's history and the database rows alone.

Each checker answers a `Verdict`: the id of RELIABILITY.md §7.4, the promise, what was
looked at, and the violations found. Caly's own counters and answers are no evidence.
"""
import collections

from evidence import Rows, Verdict, most_at_once, placed_calls, read_history, uuid_of

FINAL_ROWS = ("done", "exhausted", "suppressed", "no_credit", "cancelled")
# What the sandbox says of an ended call -> what the row may say.
SAME_END = {"completed": ("completed", "voicemail"), "busy": ("busy",), "no-answer": ("no_answer",),
            "failed": ("failed",), "canceled": ("canceled",)}
# A status callback's name on the wire -> in the row.
EVENT_KINDS = {"initiated": "dialing", "ringing": "ringing", "answered": "in_progress", "completed": "completed",
               "busy": "busy", "no-answer": "no_answer", "failed": "failed", "canceled": "canceled"}


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
        turns = collections.Counter(self.turn_of(call) for call in self.placed.values())
        bad += [f"row {contact} of campaign {campaign} was placed {n} times for attempt {number}"
                for (campaign, contact, number), n in turns.items() if campaign and n > 1]
        return Verdict("C1", "no attempt is created twice, and each has its row",
                       f"{len(self.creates)} creates of {len(counts)} attempts", bad)

    def turn_of(self, placed):
        """Which attempt of which row a call was; of no campaign: nothing."""
        row = self.calls.get(uuid_of(placed.attempt)) if placed.attempt else None
        return (row["campaign_id"], row["contact_id"], row["attempt_no"]) if row else (None, None, None)

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

    # -- events and state

    def events_count_once(self, invented=False):
        """Status callbacks of Twilio and Exotel: acknowledged ones have exactly one row, and no row is invented."""
        named = {call["provider_call_id"]: call["id"] for call in self.calls.values()}
        sent, acknowledged = collections.defaultdict(set), collections.defaultdict(set)
        for line in self.history:
            kind = EVENT_KINDS.get(line.get("event"))
            if line["kind"] != "webhook.sent" or line["provider"] not in ("twilio", "exotel") or not kind:
                continue
            call = uuid_of(line["attempt"]) if line.get("attempt") else named.get(line["call_id"])
            if not call:
                continue  # somebody who rang in was turned away
            sent[call].add(kind)
            if 200 <= line["status"] < 300:
                acknowledged[call].add(kind)
        counted = collections.defaultdict(collections.Counter)
        for row in self.rows.ask("select call_id, kind from call_events where event_key ~ '^(twilio:[a-z-]+:|exotel:[a-z-]+$)'"):
            counted[row["call_id"]][row["kind"]] += 1
        bad = []
        for call in sent.keys() | counted.keys():
            bad += [f"{kind} of call {call} counted {n} times" for kind, n in counted[call].items()
                    if n > 1 and not invented]
            bad += [f"{kind} of call {call} was acknowledged and not counted" for kind in
                    acknowledged[call] - counted[call].keys()]
            bad += [f"{kind} of call {call} was counted and never sent" for kind in counted[call].keys() - sent[call]
                    if not invented]
        return Verdict("C6", "each event of a call counts once, acknowledged or not",
                       f"{sum(map(len, sent.values()))} events of {len(sent)} calls", bad)

    def states_agree(self):
        bad = []
        # `placed_at` is when the create's answer was written, the end is the provider's time: a short call may end before.
        courses = (("created_at", "sending_at", "placed_at"), ("created_at", "sending_at", "ended_at"))
        for call in self.calls.values():
            ended = [each for each in self.of_row(call) if each.status]
            if call["state"] == "ended" and ended and call["status"] not in SAME_END[ended[0].status]:
                bad.append(f"call {call['id']}: the sandbox says {ended[0].status}, the row {call['status']}")
            if call["state"] == "ended" and not ended:
                bad.append(f"call {call['id']} is ended, the sandbox knows no end of it")
            for moments in courses:
                # Providers tell the time in whole seconds.
                times = [call[each][:19] for each in moments if call[each]]
                if call["state"] == "ended" and times != sorted(times):
                    bad.append(f"call {call['id']}: its times run backwards: {times}")
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

    def safety(self):
        """What must hold at every moment, for looks while a run goes on."""
        self.load()
        return [self.created_once(), self.one_call_a_person(), self.evidence_first(), self.limits_hold()]

    def all(self, invented_events=False):
        """Every checker, once everything is over; `invented_events`: callbacks came from others, too."""
        self.load()
        return [self.created_once(), self.one_call_a_person(), self.evidence_first(), self.rows_add_up(),
                self.limits_hold(), self.ledger_adds_up(), self.events_count_once(invented_events), self.states_agree(),
                self.nothing_left()]
