"""The media bridge: Twilio's media socket <-> OpenAI's realtime socket, 50 frames a second
each way a call, the bridge on one core and the load on another."""
import machine
import programs
from services import reported
from table import Table

NAME = "media"
FIGURES = [("up_p50_ms", "up p50", ".3f"), ("up_p99_ms", "up p99", ".3f"), ("down_p50_ms", "down p50", ".3f"),
           ("down_p99_ms", "down p99", ".3f"), ("delivered", "delivered", ".4f"), ("kib_per_call", "KiB/call", ".0f")]


def bridges(port, ai, tapes):
    """name -> command, made when asked for."""
    return {
        "caly": lambda: [programs.own("bench_media"), "--port", str(port), "--ai", str(ai)],
        "caly, frame by frame": lambda: [programs.own("bench_media"), "--port", str(port), "--ai", str(ai),
                                         "--tick-ms", "0"],
        "caly, recorded": lambda: [programs.own("bench_media"), "--port", str(port), "--ai", str(ai), "--record", tapes],
        "node (fastify, ws)": lambda: [*programs.node_peer("media"), str(port), str(ai)],
        "floor (Beast)": lambda: [programs.peer("media_beast"), str(port), str(ai)],
        "floor (raw epoll)": lambda: [programs.peer("media_raw"), str(port), str(ai)],
        "floor (raw, 1 ms passes)": lambda: [programs.peer("media_raw"), str(port), str(ai), "1000"],
    }


def one(services, table, who, command, calls, seconds):
    port, ai = services.port(72), services.port(73)
    with programs.server(programs.pinned(0, command), port, services.log("media")) as bridge:
        before = machine.resident_kib(bridge.pid)
        facts = programs.measure(
            programs.pinned(1, [programs.peer("media_load"), str(port), str(ai), str(calls), "2", str(seconds)]),
            {"app": bridge.pid})
        facts["kib_per_call"] = (machine.resident_kib(bridge.pid) - before) / calls
        facts["delivered"] = min(facts["delivered_up"], facts["delivered_down"])
        if facts["delivered"] < 0.99:
            table.note(f"{who}: {facts['delivered']:.0%} of the frames arrived in time; a saturated bridge merges wake-ups,"
                       " its CPU time says nothing")
        table.add(who, facts)


def run(services, options):
    programs.peer("media_load")
    tables = []
    for calls in options.media_calls:
        table = Table(f"media: {calls} calls", "call-s", FIGURES)
        table.note("KiB/call is what the bridge grew by from idle to the end of the run")
        for _ in range(options.rounds):
            for who, command in bridges(services.port(72), services.port(73), str(services.state / "tapes")).items():
                with reported(table, who):
                    one(services, table, who, command(), calls, options.seconds)
        if calls < 1000:
            gates(table)
        if calls >= 1000:
            table.gate(f"{calls} calls on one core at p99 < 20 ms both ways", "caly",
                       lambda row: max(row["up_p99_ms"], row["down_p99_ms"]), most=20)
        tables.append(table)
    return tables


def gates(table):
    beast, node, raw = (table.median(who) for who in ("floor (Beast)", "node (fastify, ws)", "floor (raw, 1 ms passes)"))
    if beast:
        table.gate("frame by frame: CPU <= 1.12 x the Beast floor", "caly, frame by frame",
                   lambda row: row["cpu_ms"] / beast["cpu_ms"], most=1.12)
    if node:
        table.gate("in 1 ms passes: CPU <= 0.45 x Node", "caly", lambda row: row["cpu_ms"] / node["cpu_ms"], most=0.45)
    if raw:
        table.gate("in 1 ms passes: CPU <= 1.25 x the raw floor with the same passes", "caly",
                   lambda row: row["cpu_ms"] / raw["cpu_ms"], most=1.25)
    table.gate("<= 2 ms of added median latency in passes", "caly", lambda row: max(row["up_p50_ms"], row["down_p50_ms"]), most=2)
    table.gate("<= 200 KiB a call", "caly", lambda row: row["kib_per_call"], most=200)
    table.gate("<= 1 MiB a recorded call", "caly, recorded", lambda row: row["kib_per_call"], most=1024)
