"""Private services of a run: PostgreSQL for peers, Redis, and a Caly cluster."""
import atexit
import contextlib
import json
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import sys
import time

import programs

sys.path.insert(0, str(programs.root / "scripts" / "lib"))
import api  # noqa: E402
import database  # noqa: E402
import processes  # noqa: E402


class Services:
    """Starts each service when a part first asks for it; `close` ends them all."""

    def __init__(self, state, port_base):
        self.state = state
        self.port_base = port_base
        self._postgres = None
        self._redis = None
        self._cluster = None
        self._tenants = 0
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(parents=True)
        atexit.register(self.close)

    def log(self, name):
        return self.state / "logs" / f"{name}.log"

    def port(self, offset):
        """Ports 0-62 after the base are the cluster's, 70-99 those of peers."""
        return self.port_base + offset

    # -- PostgreSQL for peers and floors

    @property
    def postgres(self):
        """{"url", "pid"} of the peers' own server, with the peers' tables."""
        if not self._postgres:
            entry, url = database.start(self.state / "peers", self.port(90))
            self._postgres = {"entry": entry, "url": url, "pid": entry["pid"]}
            self.psql(url, file=programs.peers / "schema.sql")
        return self._postgres

    def psql(self, url, sql=None, file=None):
        program = str(database.binaries() / "psql")
        what = ["-f", str(file)] if file else ["-c", sql]
        made = subprocess.run([program, "-Xqv", "ON_ERROR_STOP=1", "-At", "-d", url, *what],
                              capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise programs.Missing(f"psql: {made.stderr.strip()[:400]}")
        return made.stdout.strip()

    @property
    def peer_environment(self):
        return {"BENCH_DATABASE_URL": self.postgres["url"]}

    # -- Redis

    @property
    def redis(self):
        """{"port", "pid"} of a Redis that appends every second; empty at the start."""
        program = shutil.which("redis-server") or self._redis_of_build()
        if not self._redis:
            port = self.port(91)
            folder = self.state / "redis"
            folder.mkdir()
            environment = {"LD_LIBRARY_PATH": str(programs.built / "debian" / "usr" / "lib" / "x86_64-linux-gnu")}
            process = programs.start(
                [program, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", "",
                 "--appendonly", "yes", "--appendfsync", "everysec"], self.log("redis"), environment)
            time.sleep(0.5)
            self._redis = {"port": port, "pid": process.pid}
        return self._redis

    @staticmethod
    def _redis_of_build():
        """Debian's Redis unpacked into the build folder: installing it would start a service."""
        folder = programs.built / "debian"
        program = folder / "usr" / "bin" / "redis-check-rdb"  # the server under another name
        if not program.exists():
            folder.mkdir(parents=True, exist_ok=True)
            got = subprocess.run(["apt-get", "download", "redis-tools", "libjemalloc2", "liblua5.1-0", "libatomic1",
                                  "liblzf1", "lua-bitop", "lua-cjson", "libsystemd0", "libhiredis0.14"],
                                 cwd=folder, capture_output=True, check=False)
            for package in folder.glob("*.deb"):
                subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=False)
            if got.returncode != 0 or not program.exists():
                raise programs.Missing("no redis-server, and apt-get could not download it")
        server = folder / "usr" / "bin" / "redis-server"
        if not server.exists():
            server.symlink_to("redis-check-rdb")
        return str(server)

    def empty_redis(self):
        with socket.create_connection(("127.0.0.1", self.redis["port"]), 5) as at:
            at.sendall(b"*1\r\n$8\r\nFLUSHALL\r\n")
            at.recv(64)

    # -- a cluster of one node

    @property
    def cluster(self):
        """endpoints.json of a one-node cluster with limits out of the way, and
        `twilio_token` that signs callbacks."""
        if not self._cluster:
            self._cluster = self._start_cluster()
        return self._cluster

    def _start_cluster(self):
        programs.own("calyd")
        sim = programs.own("caly_sim")
        token = secrets.token_hex(16)
        account = "AC" + secrets.token_hex(16)
        carrier = self.port(70)
        programs.start([sim, "--port", str(carrier), "--admin-port", str(self.port(71)), "--instant",
                        "--history", str(self.state / "instant.jsonl"), "--twilio-account-sid", account,
                        "--twilio-auth-token", token], self.log("caly_sim_instant"))
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("CALY__")},
            "TWILIO_ACCOUNT_SID": account, "TWILIO_AUTH_TOKEN": token,
            "CALY__PROVIDERS__TWILIO__BASE_URL": f"http://127.0.0.1:{carrier}",
            "CALY__DIAL__CALLS_PER_SECOND_PER_NUMBER": "10000",
            "CALY__DIAL__TENANT_CONCURRENT_CALLS_DEFAULT": "100",
            "CALY__DIAL__SYSTEM_CONCURRENT_CALLS_LIMIT": "200",
            "CALY__BILLING__SIGNUP_CREDITS_MICROS": "900000000000000",
            "CALY__LIMITS__REQUESTS_PER_MINUTE": "10000000", "CALY__LIMITS__REQUESTS_BURST": "1000000",
            "CALY__LIMITS__LOGINS_PER_MINUTE_PER_IP": "100000", "CALY__LIMITS__IMPORTS_PER_HOUR": "100000",
            "CALY__AUTH__ARGON2_MEMORY": "8MiB", "CALY__AUTH__ARGON2_PASSES": "1",
            "CALY__AUTH__ACCESS_TTL": "12h", "CALY__LOG__LEVEL": "warn",
        }
        folder = self.state / "cluster"
        made = subprocess.run(
            [str(programs.root / "scripts" / "run"), "--no-build", "--detach", "--no-campaign", "--nodes", "1",
             "--state", str(folder), "--port-base", str(self.port_base)],
            env=environment, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise programs.Missing(f"the cluster does not start: {(made.stderr or made.stdout).strip()[-500:]}")
        endpoints = json.loads((folder / "endpoints.json").read_text())
        return {**endpoints, "twilio_token": token}

    def caly_trees(self):
        pids = self.cluster["pids"]
        if not os.path.exists(f"/proc/{pids['calyd-1']}"):
            raise programs.Missing("calyd ended; see the cluster's logs")
        return {"app": pids["calyd-1"], "postgres": pids["postgres"]}

    def new_tenant(self):
        """A signed-in client of a tenant of its own."""
        self._tenants += 1
        client = api.Api(self.cluster["api"][0])
        made = client.post("/api/auth/register", {
            "email": f"bench{self._tenants}@caly.example", "password": secrets.token_urlsafe(16),
            "tenant_name": f"Bench {self._tenants}"}, timeout=60)
        client.token = made["token"]
        client.tenant = made["tenant"]["id"]
        return client

    def close(self):
        if self._cluster:
            subprocess.run([str(programs.root / "scripts" / "stop"), "--state", str(self.state / "cluster")],
                           capture_output=True, check=False)
            self._cluster = None
        if self._postgres:
            processes.stop_all([self._postgres["entry"]])
            self._postgres = None


def uuid_of(public_id):
    digits = public_id.rsplit("_", 1)[-1]
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@contextlib.contextmanager
def reported(table, who):
    """A row that cannot be measured is named and left out."""
    try:
        yield
    except programs.Missing as reason:
        table.note(f"{who} left out: {reason}")
    except (api.ApiError, OSError) as failure:
        table.note(f"{who} left out: {failure}")
