"""Attempts through the dial protocol with a carrier that does nothing: 20 tenants, 10 lines
each, 200 in all; every step in PostgreSQL (and the queue's own store)."""
import re

import programs
from services import reported
from table import Table

NAME = "dial"
TENANTS, LINES = 20, 10


def caly(table, jobs):
    """`bench_dial` brings its own database and reads the CPU times itself."""
    code, said = programs.output([programs.own("bench_dial"), str(jobs), str(TENANTS), str(LINES)])
    found = re.search(r"([\d.]+)/s, CPU ms an attempt: caly ([\d.]+) postgres ([\d.]+)", said)
    if not found:
        raise programs.Missing(f"bench_dial: {said.strip()[-300:]}")
    rate, app, postgres = map(float, found.groups())
    if code != 0:
        table.note("caly: the books of bench_dial do not add up")
    table.add("caly", {"units": jobs, "seconds": jobs / rate, "cpu": {"app": app * jobs, "postgres": postgres * jobs}})


def fill(services, jobs):
    services.psql(services.postgres["url"],
                  "truncate dial_rows; insert into dial_rows (id, tenant_id, phone, name, variables)"
                  " select i, (i - 1) % 20, '+9198' || lpad(i::text, 8, '0'), 'Asha Rao',"
                  f" jsonb_build_object('order', 'ORD-' || i) from generate_series(1, {jobs}) i")
    services.psql(services.postgres["url"], "vacuum analyze dial_rows")


def peer(services, table, who, jobs, command):
    trees = {"postgres": services.postgres["pid"]}
    environment = dict(services.peer_environment)
    if "BullMQ" in who:
        trees["redis"] = services.redis["pid"]
        environment["REDIS_PORT"] = str(services.redis["port"])
        services.empty_redis()
    fill(services, jobs)
    table.add(who, programs.measure(command(), trees, environment, with_self="app"))


def run(services, options):
    jobs = options.jobs
    table = Table(f"dial: {jobs} attempts, {TENANTS} tenants x {LINES} lines, no-op carrier", "attempt")
    table.note("BullMQ + row: a queue per tenant and one status row per job; no ledger, no permits in rows")
    table.note("floor: claim and completion committed in groups; no ledger, no events, no retry plan")
    others = {
        "node (BullMQ + row)": lambda: [*programs.node_peer("dial"), "bullmq", str(jobs)],
        "node (graphile-worker)": lambda: [*programs.node_peer("dial"), "graphile", str(jobs)],
        "floor (libpq)": lambda: [programs.peer("dial_floor"), str(jobs)],
    }
    for _ in range(options.rounds):
        with reported(table, "caly"):
            caly(table, jobs)
        for who, command in others.items():
            with reported(table, who):
                peer(services, table, who, jobs, command)
    table.gate(">= 8,000/s", "caly", lambda row: row["rate"], least=8000)
    table.gate("<= 0.12 ms CPU in all", "caly", lambda row: row["cpu_ms"], most=0.12)
    return [table]
