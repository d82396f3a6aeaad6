"""Rows of a campaign through the real cluster over HTTP to the sandbox, whose callees pick up
and are done at once; every attempt with permit, credit hold, callbacks and settlement."""
import pathlib
import time

import contacts_file
import machine
import programs
from services import reported
from table import Table

NAME = "campaign"
TENANTS = 4
CLOSED = ("done", "exhausted", "suppressed", "no_credit", "cancelled")


def lay(services, rows, begin):
    """Tenants with an imported file and a campaign that is not started."""
    campaigns = []
    for number in range(TENANTS):
        client = services.new_tenant()
        file = pathlib.Path(services.state) / f"people{number}.csv"
        begin = contacts_file.callable_people(file, rows // TENANTS, begin)
        made = client.upload("/api/imports", file, {"default_country": "IN"})
        while made["status"] == "processing":
            time.sleep(0.05)
            made = client.get(f"/api/imports/{made['id']}")
        campaign = client.post("/api/campaigns", {
            "name": "Bench", "agent_id": client.get("/api/agents")[0]["id"], "import_id": made["id"],
            "retry": {"max_attempts": 1}, "calling_window": None, "concurrency": 100, "max_call_s": 60})
        campaigns.append((client, campaign["id"]))
    return campaigns, begin


def caly(services, table, rows, begin):
    campaigns, begin = lay(services, rows, begin)
    trees = services.caly_trees()
    before, start = machine.cpu_ms(trees), time.monotonic()
    for client, campaign in campaigns:
        client.post(f"/api/campaigns/{campaign}/start")
    waiting, results = list(campaigns), []
    while waiting:
        if time.monotonic() - start > programs.PATIENCE_S:
            raise programs.Missing("the campaigns do not end")
        time.sleep(0.2)
        for each in waiting[:]:
            client, campaign = each
            now = client.get(f"/api/campaigns/{campaign}/progress")
            if now["status"] in ("completed", "stopped", "paused"):
                waiting.remove(each)
                results.append(now)
    seconds, after = time.monotonic() - start, machine.cpu_ms(trees)
    attempts = sum(result["attempts"] for result in results)
    table.add("caly", {"units": attempts, "seconds": seconds,
                       "cpu": {name: after[name] - before[name] for name in trees}})
    closed = sum(result["counts"].get(name, 0) for result in results for name in CLOSED)
    paused = [result["status_reason"] for result in results if result["status"] != "completed"]
    table.note(f"caly: {attempts} attempts, {closed} of {rows} rows closed" + (f", paused: {paused}" if paused else ""))
    return begin


def bullmq(services, table, rows):
    port = services.port(75)
    environment = {**services.peer_environment, "REDIS_PORT": str(services.redis["port"]), "CARRIER_PORT": str(port)}
    services.empty_redis()
    services.psql(services.postgres["url"],
                  "truncate dial_rows; insert into dial_rows (id, tenant_id, phone, name)"
                  f" select i, (i - 1) % 20, '+9198' || i, 'Asha Rao' from generate_series(1, {rows}) i")
    with programs.server([programs.peer("carrier_echo"), str(port)], port, services.log("carrier")):
        table.add("node (BullMQ + row)", programs.measure(
            [*programs.node_peer("dial"), "bullmq", str(rows)],
            {"postgres": services.postgres["pid"], "redis": services.redis["pid"]}, environment, with_self="app"))


def run(services, options):
    rows = options.campaign_rows // TENANTS * TENANTS
    table = Table(f"campaign: {rows} rows of {TENANTS} tenants over HTTP to the sandbox", "attempt")
    table.note("BullMQ + row: one POST and one status row a job; no callbacks, ledger or transcript")
    begin = 1
    for _ in range(options.rounds):
        with reported(table, "caly"):
            begin = caly(services, table, rows, begin)
        with reported(table, "node (BullMQ + row)"):
            bullmq(services, table, rows)
    table.gate(">= 1,500 attempts/s", "caly", lambda row: row["rate"], least=1500)
    return [table]
