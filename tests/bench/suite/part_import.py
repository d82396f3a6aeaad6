"""A CSV of contacts from upload to committed rows: parsed, numbers checked and repaired,
doubles found, everything stored."""
import pathlib
import re
import time

import contacts_file
import machine
import programs
from services import reported
from table import Table

NAME = "import"


def caly(services, table, file):
    client = services.new_tenant()  # to a tenant of its own every file is new
    trees = services.caly_trees()
    before, start = machine.cpu_ms(trees), time.monotonic()
    made = client.upload("/api/imports", file, {"default_country": "IN"})
    while made["status"] == "processing":
        if time.monotonic() - start > programs.PATIENCE_S:
            raise programs.Missing("the import does not end")
        time.sleep(0.05)
        made = client.get(f"/api/imports/{made['id']}")
    seconds, after = time.monotonic() - start, machine.cpu_ms(trees)
    if made["status"] != "completed":
        raise programs.Missing(f"the import failed: {made['error']}")
    table.add("caly (upload, REST)", {"units": made["rows"], "seconds": seconds,
                                      "cpu": {name: after[name] - before[name] for name in trees}})
    table.note(f"caly: {made['counts']}")


def store(table, name, rows):
    """`bench_import`: rows that were read already, to committed contacts."""
    code, said = programs.output([programs.own("bench_import"), str(rows), "10000", "1"])
    found = re.search(r"([\d.]+) rows/s.*?caly ([\d.]+) postgres ([\d.]+)", said)
    if code != 0 or not found:
        raise programs.Missing(f"bench_import: {said.strip()[-300:]}")
    rate, app, postgres = map(float, found.groups())
    table.add(name, {"units": rows, "seconds": rows / rate, "cpu": {"app": app * rows, "postgres": postgres * rows}})


def peer(services, table, who, command):
    services.psql(services.postgres["url"], "truncate import_rows")
    facts = programs.measure(command, {"postgres": services.postgres["pid"]}, services.peer_environment,
                             with_self="app")
    table.add(who, facts)
    table.note(f"{who}: {facts['inserted']} stored, {facts['bad']} invalid")


def run(services, options):
    file = pathlib.Path(services.state) / "contacts.csv"
    contacts_file.mixed(file, options.jobs)
    table = Table(f"import: a CSV of {options.jobs} rows to committed rows", "row")
    table.note("caly also keeps the file's order, per-row variables and an error report")
    for _ in range(options.rounds):
        with reported(table, "caly (upload, REST)"):
            caly(services, table, file)
        with reported(table, "caly (store only)"):
            store(table, "caly (store only)", options.jobs)
        with reported(table, "node (csv-parse)"):
            peer(services, table, "node (csv-parse)", [*programs.node_peer("import"), str(file)])
        with reported(table, "floor (COPY)"):
            peer(services, table, "floor (COPY)", [programs.peer("import_floor"), str(file)])
    table.gate(">= 100,000 rows/s", "caly (upload, REST)", lambda row: row["rate"], least=100_000)
    table.gate("<= 0.010 ms CPU a row in all", "caly (upload, REST)", lambda row: row["cpu_ms"], most=0.010)
    table.ours = "caly (upload, REST)"
    return [table]
