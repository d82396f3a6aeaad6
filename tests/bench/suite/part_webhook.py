"""A provider's status callback: signature verified, recorded once, the call moved forward,
answered after the commit. 5 % of the callbacks come twice."""
import base64
import hmac
import random
import secrets
import struct
import uuid

import programs
from services import reported, uuid_of
from table import Table

NAME = "webhook"
FIGURES = [("p50_ms", "p50 ms", ".3f"), ("p99_ms", "p99 ms", ".3f"), ("p999_ms", "p99.9 ms", ".3f")]
CONNECTIONS = 64
WARM_S = 1
RATE_MAX = 60_000  # requests a second that a file has room for


def callback(token, base, tenant, call, status, number):
    target = f"/twiml/status?tenant={tenant}&call={call}"
    fields = {"AccountSid": "AC" + "0" * 32, "ApiVersion": "2010-04-01", "CallSid": "CA" + call[5:],
              "CallStatus": status, "CallbackSource": "call-progress-events", "Direction": "outbound-api",
              "From": "+918046000001", "SequenceNumber": str(number), "To": "+919810000000"}
    text = base + target + "".join(name + fields[name] for name in sorted(fields))
    signature = base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()
    body = "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in fields.items())
    return (f"POST {target} HTTP/1.1\r\nHost: {base[7:]}\r\nUser-Agent: TwilioProxy/1.1\r\n"
            f"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nX-Twilio-Signature: {signature}\r\n"
            f"I-Twilio-Idempotency-Token: {call}-{status}\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()


def write_requests(file, services, tenants, calls):
    """Two callbacks for each call, `ringing` some way before `in-progress`, and the doubles."""
    token, base = services.cluster["twilio_token"], services.cluster["api"][0]
    order = random.Random(7)
    step = 500
    sent = []
    with open(file, "wb") as out:
        def put(text):
            out.write(struct.pack("<I", len(text)) + text)
        for begin in range(0, len(calls), step):
            for number, status in ((1, "ringing"), (2, "in-progress")):
                for at, call in enumerate(calls[begin:begin + step], begin):
                    text = callback(token, base, tenants[at % len(tenants)], call, status, number)
                    put(text)
                    sent.append(text)
                    if order.random() < 0.05:
                        put(sent[-1 - order.randrange(min(len(sent), 1000))])
            del sent[:-1000]


def fill_caly(services, tenants, file):
    """Calls that were placed and have not rung yet."""
    url = services.cluster["database_url"]
    services.psql(url, "truncate calls, call_events; create temp table given (n int, tenant uuid, id uuid);"
                  f" copy given from '{file}'; "
                  "insert into calls (tenant_id, id, direction, state, status, agent_id, agent_version, to_number,"
                  " from_number, provider, provider_call_id, node, fence, max_call_s, sending_at, placed_at)"
                  " select tenant, id, 'outbound', 'placed', 'queued', gen_random_uuid(), 1,"
                  " '+91981' || lpad((n % 10000000)::text, 7, '0'), '+918046000001', 'twilio',"
                  " 'CA' || replace(id::text, '-', ''), 'n1', 0, 600, now(), now() from given;")
    services.psql(url, "vacuum analyze calls, call_events")


def fill_peers(services, file):
    url = services.postgres["url"]
    services.psql(url, "truncate hook_calls, hook_events; create temp table given (n int, tenant uuid, id uuid);"
                  f" copy given from '{file}'; insert into hook_calls (id) select id from given;")
    services.psql(url, "vacuum analyze hook_calls, hook_events")


def caly(services):
    port = int(services.cluster["api"][0].rsplit(":", 1)[1])
    return None, port, services.caly_trees()


def peer_command(who):
    if who.startswith("node"):
        return lambda port: [*programs.node_peer("webhook"), str(port)]
    return lambda port: [programs.peer("webhook_floor"), str(port)]


def one(services, table, who, file, rate, seconds):
    load = [programs.peer("http_load"), "", str(file), str(CONNECTIONS), str(rate), str(WARM_S), str(seconds)]
    if who == "caly":
        load[1] = services.cluster["api"][0].rsplit(":", 1)[1]
        table.add(who, programs.measure(load, services.caly_trees(), with_self="(load)"))
        return
    port = services.port(74)
    environment = {**services.peer_environment, "BENCH_AUTH_TOKEN": services.cluster["twilio_token"],
                   "BENCH_PUBLIC_URL": services.cluster["api"][0]}
    with programs.server(peer_command(who)(port), port, services.log("webhook"), environment) as server:
        load[1] = str(port)
        table.add(who, programs.measure(load, {"app": server.pid, "postgres": services.postgres["pid"]},
                                        with_self="(load)"))


def run(services, options):
    tenants = [services.new_tenant().tenant for _ in range(4)]
    tables = []
    for rate, title in ((0, f"{CONNECTIONS} connections"), (1000, "1,000 a second")):
        count = int((rate or RATE_MAX) * (WARM_S + options.seconds + 1) / 2)
        calls = [f"call_{uuid.UUID(int=secrets.randbits(128), version=4).hex}" for _ in range(count)]
        rows = services.state / "given.tsv"
        rows.write_text("".join(f"{n}\t{uuid_of(tenants[n % len(tenants)])}\t{uuid_of(call)}\n"
                                for n, call in enumerate(calls)))
        rows.chmod(0o644)
        file = services.state / "webhook.requests"
        write_requests(file, services, tenants, calls)
        table = Table(f"webhook: verified, deduplicated, committed; {title}", "request", FIGURES)
        table.note("ringing and in-progress callbacks; an ended call also settles, see campaign")
        for _ in range(options.rounds):
            for who in ("caly", "node (fastify, pg)", "floor (Beast, libpq)"):
                with reported(table, who):
                    fill_caly(services, tenants, rows) if who == "caly" else fill_peers(services, rows)
                    one(services, table, who, file, rate, options.seconds)
        if rate:
            table.gate("p99 <= 1.3 ms at 1,000/s", "caly", lambda row: row["p99_ms"], most=1.3)
        else:
            table.gate(">= 25,000/s", "caly", lambda row: row["rate"], least=25_000)
            table.gate("<= 0.040 ms CPU in all", "caly", lambda row: row["cpu_ms"], most=0.040)
        tables.append(table)
        file.unlink()
    return tables
