"""What the actor runtime costs beside Erlang/OTP, two threads each."""
import json
import shutil
import subprocess

import programs
from services import reported
from table import Table

NAME = "actors"
WORKS = ["round trip, one pair", "request and answer", "round trip, 100 pairs", "spawn, one message, exit",
         "4 senders, one receiver"]


def caf():
    return json.loads(subprocess.run([programs.own("bench_actors"), "2"], capture_output=True, text=True,
                                     check=True, timeout=programs.PATIENCE_S).stdout)


def erlang():
    if not shutil.which("erlc"):
        raise programs.Missing("Erlang is not installed (apt-get install erlang-base)")
    folder = programs.built / "erlang"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["erlc", "-o", str(folder), str(programs.peers / "erlang" / "actors.erl")], check=True,
                   capture_output=True)
    return json.loads(subprocess.run(["erl", "+S", "2", "-noshell", "-pa", str(folder), "-s", "actors", "main", "-s",
                                      "init", "stop"], capture_output=True, text=True, check=True,
                                     timeout=programs.PATIENCE_S).stdout)


def run(_services, options):
    tables = {work: Table(f"actors: {work}", "1000 steps") for work in WORKS}
    for _ in range(options.rounds):
        for who, measured in (("caly", caf), ("Erlang/OTP", erlang)):
            with reported(tables[WORKS[0]], who):
                facts = measured()
                for work in WORKS:
                    if work in facts:
                        wall, cpu = facts[work]
                        tables[work].add(who, {"units": 1000, "seconds": wall, "cpu": {"app": cpu * 1000}})
                tables[WORKS[0]].note(f"{who}: {facts['bytes of an idle actor']} bytes of an idle actor")
    return [table for table in tables.values() if table.rounds or table is tables[WORKS[0]]]
