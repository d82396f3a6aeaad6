"""Clusters for measurements, with campaigns that do not run dry."""
import json
import pathlib
import sys
import threading
import time
import urllib.error
import urllib.request

import contacts_file
import programs

for folder in ("scenarios", "chaos"):
    sys.path.insert(0, str(programs.root / "tests" / folder))
import campaigns  # noqa: E402
from world import ApiError, Cluster, wait_for  # noqa: E402

PEOPLE = 20_000  # numbers a tenant, so that no two files share one
LIMITS = {
    "CALY__DIAL__CALLS_PER_SECOND_PER_NUMBER": "10000", "CALY__BILLING__SIGNUP_CREDITS_MICROS": "900000000000000",
    "CALY__LIMITS__REQUESTS_PER_MINUTE": "10000000", "CALY__LIMITS__REQUESTS_BURST": "1000000",
    "CALY__LIMITS__LOGINS_PER_MINUTE_PER_IP": "100000", "CALY__LIMITS__IMPORTS_PER_HOUR": "100000",
    "CALY__AUTH__ARGON2_MEMORY": "8MiB", "CALY__AUTH__ARGON2_PASSES": "1", "CALY__AUTH__ACCESS_TTL": "12h",
    "CALY__LOG__LEVEL": "info"}


def cluster(name, nodes, lines, tenants, instant, more=None):
    """To be used with `with`. `instant`: callees pick up and are done at once."""
    programs.own("calyd")
    programs.own("caly_sim")
    environment = {**LIMITS, "CALY__DIAL__SYSTEM_CONCURRENT_CALLS_LIMIT": str(lines * tenants),
                   "CALY__DIAL__TENANT_CONCURRENT_CALLS_DEFAULT": str(lines), **(more or {})}
    arguments = ["--no-campaign"] + ([] if instant else ["--sim-call-seconds", "0.3-1"])
    kind = InstantCluster if instant else Cluster
    return kind(f"bench-{name}", environment, arguments, nodes)


class InstantCluster(Cluster):
    """Its sandbox is started again with callees that are done at once."""

    def __enter__(self):
        super().__enter__()
        self.born["caly_sim"]["command"].append("--instant")
        self.kill("caly_sim")
        self.wait_gone("caly_sim", 5)
        self.start_again("caly_sim")
        if not wait_for(self._sandbox_answers, 10):
            raise RuntimeError("the sandbox does not start again")
        return self

    def _sandbox_answers(self):
        try:
            with urllib.request.urlopen(self.endpoints["sim_admin"] + "/health", timeout=1):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False


def spread(at, seconds=150):
    """Waits until every node owns its share of the shards: those of a new cluster begin at one node
    and move two a second. By then PostgreSQL's start is so long ago that a death is believed."""
    def even():
        owned = [row["n"] for row in at.rows.ask("select count(*) as n from shards group by owner")]
        return len(owned) == len(at.urls) and max(owned) - min(owned) <= sum(owned) / len(owned) / 2
    if not wait_for(even, seconds, 1):
        raise RuntimeError(f"the shards do not spread over {len(at.urls)} nodes within {seconds} s")
    time.sleep(5)


class Dialer:
    """One tenant; campaign after campaign while it is asked for."""

    def __init__(self, at, number, rows):
        self.cluster = at
        self.number = number
        self.rows = rows
        self.begin = number * PEOPLE * 100
        self.files = 0
        self.api, session = at.register(f"bench{number}@caly.example", node=number % len(at.urls) + 1)
        self.tenant = session["user"]["tenant_id"]
        self.over = threading.Event()
        self.thread = None

    def load(self):
        """A campaign that is not started; answers its id."""
        file = pathlib.Path(self.cluster.state) / f"bench{self.number}.csv"
        self.begin = contacts_file.callable_people(file, self.rows, self.begin)
        imported = campaigns.load(self.api, file)
        self.files += 1
        return campaigns.plan(self.api, f"Bench {self.files}", imported, 100, {"max_attempts": 1})

    def go_on(self):
        """Dials from now on, in a thread of its own."""
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.over.is_set():
            try:
                campaign = self.load()
                campaigns.act(self.api, campaign, "start")
                follower = campaigns.Follower([self.api], campaign)
                while not self.over.is_set() and not follower.until_over(1):
                    pass
            except (ApiError, OSError):
                self.over.wait(0.5)  # its node is down for the moment; the next file is another try
                self._ask_another()

    def _ask_another(self):
        turn = (self.cluster.urls.index(self.api.base) + 1) % len(self.cluster.urls)
        self.api.base = self.cluster.urls[turn]


def dialers(at, tenants, rows):
    made = [Dialer(at, number, rows) for number in range(tenants)]
    for each in made:
        each.go_on()
    return made


class Creates:
    """Create-calls of the sandbox's history, each line read once: (time, tenant)."""

    def __init__(self, at):
        self.file = open(at.endpoints["sim_history"], encoding="utf-8")
        self.seen = []
        self.rest = ""

    def look(self):
        lines = (self.rest + self.file.read()).split("\n")
        self.rest = lines.pop()
        for line in lines:
            if '"kind":"call.create"' in line:
                found = json.loads(line)
                self.seen.append((found["t"], found["tenant"]))
        return self.seen

    def first_after(self, moment, tenant):
        return next((t for t, whose in self.look() if t > moment and whose == tenant), None)


__all__ = ["ApiError", "Creates", "Dialer", "cluster", "dialers", "spread", "wait_for"]
