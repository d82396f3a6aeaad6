"""A page of 50 of a tenant's calls out of a million: token, tenant filter, keyset cursor,
JSON of about 20 kB."""
import base64
import hmac
import json
import random
import struct
import time
import urllib.parse

import programs
from services import reported, uuid_of
from table import Table

NAME = "rest"
FIGURES = [("p50_ms", "p50 ms", ".3f"), ("p99_ms", "p99 ms", ".3f"), ("p999_ms", "p99.9 ms", ".3f")]
CONNECTIONS = 64
TENANTS = 20  # that ask; the rows are theirs
CURSORS = 25  # pages deep, a tenant
JWT_SECRET = "bench-secret-of-thirty-two-bytes-and-more"

# A time-ordered id as the stores make them, one call a second.
UUID7 = ("(lpad(to_hex((1767225600000 + i * 1000)::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3) || '8'"
         " || substr(md5(i::text), 4, 15))::uuid")


def fill_caly(services, tenants, rows):
    url = services.cluster["database_url"]
    listed = ",".join(f"('{uuid_of(tenant)}'::uuid,{number})" for number, tenant in enumerate(tenants))
    services.psql(url, f"""
truncate calls, call_events, lead_analytics;
create temp table who as select t as tenant, n, (select id from agents a where a.tenant_id = t limit 1) as agent
  from (values {listed}) x (t, n);
insert into contacts (tenant_id, id, phone, name)
  select tenant, gen_random_uuid(), '+9197' || lpad((n * 1000 + i)::text, 8, '0'), 'Person ' || i
  from who, generate_series(0, 999) i on conflict do nothing;
create temp table people as select tenant_id, id, row_number() over (partition by tenant_id order by id) - 1 as n
  from contacts where phone like '+9197%';
create index on people (tenant_id, n);
insert into calls (tenant_id, id, direction, state, status, contact_id, agent_id, agent_version, to_number,
    from_number, provider, node, fence, max_call_s, charged_micros, end_reason, duration_s,
    created_at, sending_at, placed_at, answered_at, ended_at, analysis)
  select w.tenant, {UUID7}, case when i % 3 = 0 then 'outbound' else 'inbound' end, 'ended',
    (array['completed', 'completed', 'completed', 'no_answer', 'failed'])[1 + i % 5], p.id, w.agent, 1,
    '+9198' || lpad((i * 31 % 100000000)::text, 8, '0'), '+918046000001', 'twilio', 'n1', 0, 600, i % 600 * 16667,
    'completed', i % 600, t.at, t.at, t.at, t.at, t.at + make_interval(secs => i % 600), 'done'
  from generate_series(1, {rows}) i join who w on w.n = i % {len(tenants)}
  join people p on p.tenant_id = w.tenant and p.n = i / {len(tenants)} % 1000
  cross join lateral (select to_timestamp(1767225600 + i) as at) t;""")
    services.psql(url, "vacuum analyze calls, contacts")


def fill_analytics(services):
    """One in three of the completed calls was analysed."""
    url = services.cluster["database_url"]
    services.psql(url, """
insert into lead_analytics (tenant_id, call_id, status, sentiment, outcome, summary, grade, model)
  select tenant_id, id, 'done', 'positive', 'interested', 'Asked about an order; the date was confirmed.', 'B', 'bench'
  from calls where status = 'completed' and get_byte(uuid_send(id), 15) % 3 = 0""")
    services.psql(url, "vacuum analyze lead_analytics")


def fill_peers(services, rows):
    services.psql(services.postgres["url"], f"""
truncate list_calls;
insert into list_calls select i % {TENANTS}, {UUID7}, i % 54, case when i % 3 = 0 then 'outbound' else 'inbound' end,
    '+9198' || lpad((i * 31 % 100000000)::text, 8, '0'), '+1555' || lpad((i * 17 % 10000000)::text, 7, '0'),
    (array['completed', 'completed', 'completed', 'no-answer', 'failed'])[1 + i % 5],
    (array['positive', 'neutral', 'negative'])[1 + i % 3], i % 600, i % 600 * 16667,
    'Customer asked about order ' || i || '; the agent confirmed the delivery date.',
    's3://recordings/' || i % {TENANTS} || '/' || i || '.wav',
    to_timestamp(1767225600 + i), to_timestamp(1767225600 + i + i % 600)
  from generate_series(1, {rows}) i;
create index if not exists list_calls_page on list_calls (tenant_id, id desc);""")
    services.psql(services.postgres["url"], "vacuum analyze list_calls")


def jwt(tenant):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")
    claims = {"sub": f"user-{tenant}", "tenant": tenant, "role": "admin", "exp": int(time.time()) + 86_400}
    text = part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()) + b"." + part(
        json.dumps(claims, separators=(",", ":")).encode())
    return (text + b"." + part(hmac.digest(JWT_SECRET.encode(), text, "sha256"))).decode()


def write_requests(file, pages):
    """`pages`: (host, token, cursor or None); half of the requests are first pages."""
    order = random.Random(7)
    first = [page for page in pages if not page[2]]
    deep = [page for page in pages if page[2]] or first
    with open(file, "wb") as out:
        for _ in range(4000):
            host, token, cursor = order.choice(first if order.random() < 0.5 else deep)
            cursor = f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""
            text = (f"GET /api/calls?limit=50{cursor} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n"
                    f"Authorization: Bearer {token}\r\n\r\n").encode()
            out.write(struct.pack("<I", len(text)) + text)


def pages_of_caly(services, clients):
    host = services.cluster["api"][0][7:]
    pages = []
    for client in clients:
        cursor = None
        for _ in range(CURSORS):
            pages.append((host, client.token, cursor))
            path = "/api/calls?limit=50" + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else "")
            cursor = client.call("GET", path)["pagination"]["next_cursor"]
            if not cursor:
                break
    return pages


def pages_of_peers(services, rows):
    pages = []
    order = random.Random(7)
    for tenant in range(TENANTS):
        token = jwt(tenant)
        pages.append(("127.0.0.1", token, None))
        for _ in range(CURSORS):
            stamp = 1767225600000 + order.randrange(1, rows) * 1000
            head = f"{stamp:012x}"
            pages.append(("127.0.0.1", token, f"{head[:8]}-{head[8:]}-7000-8000-000000000000"))
    return pages


def one(services, table, who, files, seconds):
    load = [programs.peer("http_load"), "", str(files["caly" if who == "caly" else "peers"]), str(CONNECTIONS), "0",
            "1", str(seconds), "again"]
    if who == "caly":
        load[1] = services.cluster["api"][0].rsplit(":", 1)[1]
        table.add(who, programs.measure(load, services.caly_trees(), with_self="(load)"))
        return
    port = services.port(76)
    load[1] = str(port)
    command = programs.node_peer("calls") if who.startswith("node") else [programs.peer("calls_floor")]
    environment = {**services.peer_environment, "BENCH_JWT_SECRET": JWT_SECRET}
    with programs.server([*command, str(port)], port, services.log("rest"), environment) as server:
        table.add(who, programs.measure(load, {"app": server.pid, "postgres": services.postgres["pid"]},
                                        with_self="(load)"))


def run(services, options):
    table = Table(f"rest: 50 of {options.rows} calls, {CONNECTIONS} connections", "request", FIGURES)
    files = {name: services.state / f"rest_{name}.requests" for name in ("caly", "peers")}
    with reported(table, "caly"):
        clients = [services.new_tenant() for _ in range(TENANTS)]
        fill_caly(services, [client.tenant for client in clients], options.rows)
        fill_analytics(services)
        write_requests(files["caly"], pages_of_caly(services, clients))
    fill_peers(services, options.rows)
    write_requests(files["peers"], pages_of_peers(services, options.rows))
    for _ in range(options.rounds):
        for who in ("caly", "node (fastify, pg)", "floor (Beast, libpq)"):
            if files["caly" if who == "caly" else "peers"].exists():
                with reported(table, who):
                    one(services, table, who, files, options.seconds)
    table.gate(">= 8,000/s", "caly", lambda row: row["rate"], least=8000)
    table.gate("server part <= 0.075 ms", "caly", lambda row: row["cpu"]["app"], most=0.075)
    return [table]
