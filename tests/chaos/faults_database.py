"""The database and the ways to it: cut, slow, broken, thrown down, stopped and locked."""
import os
import signal
import threading
import urllib.parse

from nemesis import Family
from proxy import Proxy


class DatabaseFaults(Family):
    """Each node has a way of its own to the database."""

    weights = {"cut_database": 14, "slow_database": 10, "reset_database": 6, "restart_database": 4,
               "kill_backend": 4, "freeze_backend": 6, "hold_locks": 6}

    def __init__(self, cluster):
        super().__init__(cluster)
        self.url = cluster.endpoints["database_url"]
        self.port = urllib.parse.urlsplit(self.url).port
        self.proxies = {name: Proxy(self.port) for name in cluster.node_names}

    def environment(self, name):
        return {"CALY__DATABASE__URL": self.url.replace(f":{self.port}/", f":{self.proxies[name].port}/")}

    def close(self):
        for proxy in self.proxies.values():
            proxy.close()

    def cut_database(self):
        name = self.dice.choice(list(self.proxies))
        # Often for longer than the lease: what the node has said by then arrives when others own its shards.
        seconds = self.dice.choice([self.dice.uniform(0.3, 3), self.dice.uniform(5.5, 9), self.dice.uniform(5.5, 9)])
        if not self.nemesis.take(f"proxy {name}"):
            return None
        self.proxies[name].swallow()
        self.nemesis.after(seconds, f"proxy {name}", self.proxies[name].heal)
        return f"{name} is cut off from the database for {seconds:.1f} s"

    def slow_database(self):
        name = self.dice.choice(list(self.proxies))
        if not self.nemesis.take(f"proxy {name}"):
            return None
        seconds = self.dice.uniform(2, 8)
        delay_ms, piece = self.dice.choice([(20, 1 << 16), (200, 1 << 16), (900, 1 << 16), (2, 256), (10, 1024)])
        self.proxies[name].slow(delay_ms / 1000, piece)
        self.nemesis.after(seconds, f"proxy {name}", self.proxies[name].heal)
        return f"the database is slow for {name}, {delay_ms} ms for each {piece} bytes, for {seconds:.1f} s"

    def reset_database(self):
        name = self.dice.choice(list(self.proxies))
        self.proxies[name].reset()
        return f"the database connections of {name} break"

    def restart_database(self):
        if not self.nemesis.take("postgres"):
            return None
        seconds = self.dice.uniform(0, 1.5)
        self.cluster.kill("postgres", signal.SIGQUIT)

        def start():
            self.cluster.wait_gone("postgres", 10)
            self.cluster.start_again("postgres")
        self.nemesis.after(seconds, "postgres", start)
        return f"the database is thrown down for {seconds:.1f} s"

    def _backend(self):
        try:
            pids = [row["pid"] for row in self.cluster.rows.ask(
                "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()")]
        except RuntimeError:
            return None
        return self.dice.choice(pids) if pids else None

    def kill_backend(self):
        if not self.nemesis.take("postgres"):
            return None
        pid = self._backend()
        if pid:
            os.kill(pid, signal.SIGKILL)
        self.nemesis.after(1, "postgres")
        return pid and "a server process of the database is killed"

    def freeze_backend(self):
        if not self.nemesis.take("backend"):
            return None
        pid = self._backend()
        seconds = self.dice.uniform(0.5, 4)

        def go_on():
            try:
                os.kill(pid, signal.SIGCONT)
            except (ProcessLookupError, TypeError):
                pass  # it is gone, or there was none
        if pid:
            os.kill(pid, signal.SIGSTOP)
        self.nemesis.after(seconds if pid else 0, "backend", go_on)
        return pid and f"a server process of the database stands still for {seconds:.1f} s"

    def hold_locks(self):
        if not self.nemesis.take("locks"):
            return None
        seconds = self.dice.uniform(0.5, 3)
        table = self.dice.choice(["pools", "credit_balances", "number_rates", "shards"])

        def hold():
            try:
                self.cluster.rows.ask(f"select pg_sleep({seconds}) from (select count(*) from (select 1 from {table} for update) y) x")
            except RuntimeError:
                pass  # the database went away meanwhile
        threading.Thread(target=hold, daemon=True).start()
        self.nemesis.after(seconds, "locks")
        return f"somebody holds the rows of {table} for {seconds:.1f} s"
