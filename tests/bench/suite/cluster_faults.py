"""How long the cluster takes to go on after a death, a cut and a fall of the database."""
import datetime
import json
import signal
import socket
import struct
import threading
import time
import urllib.parse

import programs
from cluster_load import ApiError, Creates, cluster, dialers, spread, wait_for
from firewall import Firewall

TENANTS = 6
LINES = 3
PATIENCE_S = 30


def owned_tenants(at, node):
    rows = at.rows.ask("select 'ten_' || replace(r.tenant_id::text, '-', '') as tenant from shards s"
                       " join tenant_route r on r.shard = s.id where s.kind = 'tenant' and s.owner = :'node'", node=node)
    return {row["tenant"] for row in rows}


def next_dial_after_kill(rounds, figures):
    """kill -9 of the node that dials for most tenants -> the next create-call of each of them."""
    waits, alone = [], 0
    with cluster("kill", 3, LINES, TENANTS, instant=False) as at:
        dialing = {each.tenant for each in dialers(at, TENANTS, 1500)}
        creates = Creates(at)
        spread(at)
        wait_for(lambda: dialing <= {tenant for _, tenant in creates.look()}, 90)
        for _ in range(rounds):
            owned = {name: owned_tenants(at, name.replace("calyd-", "n")) & dialing for name in at.node_names}
            victim = max(owned, key=lambda name: len(owned[name]))
            moment = time.monotonic()
            at.kill(victim)
            at.wait_gone(victim, 5)
            at_work = owned[victim]
            wait_for(lambda: all(creates.first_after(moment, each) for each in at_work), PATIENCE_S, 0.05)
            found = [creates.first_after(moment, each) for each in at_work]
            waits += [t - moment for t in found if t]
            alone += found.count(None)
            at.start_again(victim)
            wait_for(at.ready, PATIENCE_S)
            time.sleep(3)  # the return has settled
        deaths = at.rows.ask("select split_part(detail, ',', 1) as why, count(*) as n from membership_log"
                             " where event = 'dead' group by 1 order by 2 desc")
        figures.note("declared dead: " + ", ".join(f"{each['n']} x {each['why']}" for each in deaths))
        at.failed = False
    what = "kill -9 of a shard's owner -> its next dial"
    figures.times(what, waits)
    if alone:
        figures.note(f"{alone} tenants did not dial again within {PATIENCE_S} s")
    figures.gate("kill -9: p95 <= 6 s", what, "p95_s", most=6)


class LogTail:
    """New lines of one node's log that tell of a lost or suspected peer."""

    def __init__(self, at, node):
        self.file = open(at.state / "logs" / f"{node}.log", encoding="utf-8", errors="replace")
        self.file.seek(0, 2)

    def noticed(self, peer):
        """The moment (wall clock) of the first such line since the last look, or None."""
        for line in self.file:
            if '"links: suspected"' in line or '"links: lost"' in line:
                said = json.loads(line)
                if said.get("peer") == peer:
                    return datetime.datetime.fromisoformat(said["time"].replace("Z", "+00:00")).timestamp()
        return None


def notice_of_a_cut(rounds, figures):
    """Nothing passes between two nodes any more -> the first of them says so."""
    waits = []
    with cluster("cut", 3, LINES, 1, instant=False) as at:
        wall = Firewall(at.node_names)
        reason = wall.open()
        at.at_end.callback(wall.close)
        if reason:
            raise programs.Missing(f"cuts between nodes: {reason}")
        for name in at.node_names:
            at.born[name]["environment"].update(wall.environment(name))
            at.kill(name)
            at.wait_gone(name, 5)
            at.start_again(name)
        wait_for(at.ready, PATIENCE_S)
        for number in range(rounds):
            time.sleep(5)  # linked, and nobody in doubt
            one, other = at.node_names[number % 3], at.node_names[(number + 1) % 3]
            tails = [(LogTail(at, a.replace("calyd-", "n")), b.replace("calyd-", "n")) for a, b in ((one, other), (other, one))]
            ways = [(one, other), (other, one)]
            began = time.time()
            wall.cut(ways)
            found = []
            wait_for(lambda: found.extend(filter(None, (tail.noticed(peer) for tail, peer in tails))) or found, 10, 0.05)
            wall.heal(ways)
            waits += [min(found) - began] if found else []
            if not found:
                figures.note("a cut was not noticed within 10 s")
        at.failed = False
    figures.times("node-node cut -> noticed", waits)
    figures.gate("cut noticed: p95 <= 2.5 s", "node-node cut -> noticed", "p95_s", most=2.5)


def accepts(url):
    """A server that still recovers answers with an error instead of R."""
    at = urllib.parse.urlsplit(url)
    body = struct.pack("!I", 196_608) + b"user\0caly\0database\0caly\0\0"
    try:
        with socket.create_connection((at.hostname, at.port), 0.2) as link:
            link.sendall(struct.pack("!I", len(body) + 4) + body)
            return link.recv(1) == b"R"
    except OSError:
        return False


class Writer(threading.Thread):
    """Adds contacts through one node and remembers when each was acknowledged."""

    def __init__(self, at, node):
        super().__init__(daemon=True)
        self.api, _ = at.register(f"writer{node}@caly.example", node=node)
        self.acknowledged = []
        self.over = threading.Event()

    def run(self):
        number = 0
        while not self.over.wait(0.02):
            number += 1
            try:
                self.api.post("/api/contacts", {"phone": f"+9176{number:08}", "name": "Writer"}, timeout=5)
                self.acknowledged.append(time.monotonic())
            except (ApiError, OSError):
                pass  # no database; the next one is another try

    def first_after(self, moment):
        return next((t for t in self.acknowledged if t > moment), None)


def commit_after_restart(rounds, figures):
    """PostgreSQL is thrown down and started: it accepts -> the next write acknowledged by each
    node, the next create-call."""
    waits, dials = [], []
    with cluster("restart", 3, LINES, TENANTS, instant=False) as at:
        dialers(at, TENANTS, 1500)
        creates = Creates(at)
        writers = [Writer(at, node) for node in (1, 2, 3)]
        for writer in writers:
            writer.start()
        wait_for(lambda: len(creates.look()) > 20 and all(each.acknowledged for each in writers), 90)
        for _ in range(rounds):
            time.sleep(3)
            at.kill("postgres", signal.SIGQUIT)
            at.wait_gone("postgres", 10)
            moments = []
            watching = threading.Thread(target=lambda: wait_for(
                lambda: accepts(at.endpoints["database_url"]) and not moments.append(time.monotonic()), PATIENCE_S, 0.02))
            watching.start()
            at.start_again("postgres")
            watching.join()
            if not moments:
                figures.note(f"the database did not start within {PATIENCE_S} s")
                continue
            wait_for(lambda: all(each.first_after(moments[0]) for each in writers) and creates.look()[-1][0] > moments[0],
                     PATIENCE_S, 0.05)
            waits += [t - moments[0] for t in (each.first_after(moments[0]) for each in writers) if t]
            dials += [t - moments[0] for t, _ in creates.seen if t > moments[0]][:1]
        at.failed = False
    what = "PostgreSQL accepts again -> next commit of a node"
    figures.times(what, waits)
    figures.times("PostgreSQL accepts again -> next dial", dials)
    figures.gate("next commit: p95 <= 3 s", what, "p95_s", most=3)
