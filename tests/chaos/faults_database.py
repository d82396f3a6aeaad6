"""Faults against a running cluster, chosen by a seed. Each ends by itself; what has died is
started again by the keeper, as an init system would."""
import json
import os
import signal
import threading
import time
import urllib.request

# fault -> how often it is chosen, of the sum
WEIGHTS = {"kill_node": 22, "freeze_shortly": 14, "freeze_long": 8, "end_node": 6,
           "cut_database": 10, "reset_database": 6, "restart_database": 4, "kill_backend": 4,
           "freeze_backend": 6, "hold_locks": 6, "provider_fails": 8, "webhooks_fail": 6}
UNEXPECTED = "ended by itself"


class Keeper(threading.Thread):
    """Starts again what has ended, and remembers ends that nobody ordered."""

    def __init__(self, cluster, dice):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.dice = dice
        self.over = threading.Event()
        self.lock = threading.Lock()
        self.ordered = set()  # names whose next end was ordered
        self.odd = []
        self.restarts = 0

    def run(self):
        nodes = [name for name in self.cluster.pids if name.startswith("calyd")]
        due = {}
        while not self.over.wait(0.1):
            for name in nodes:
                if self.cluster.alive(name):
                    continue
                if name not in due:
                    self._judge(name)
                    due[name] = time.monotonic() + self.dice.uniform(0.1, 2.5)
                elif time.monotonic() >= due[name]:
                    del due[name]
                    self.cluster.start_again(name)
                    self.restarts += 1

    def _judge(self, name):
        code = self.cluster.exit_code(name)
        with self.lock:
            ordered = name in self.ordered
            self.ordered.discard(name)
        # 70: it found itself declared dead; -9: killed, by us or by its own watchdog.
        # A node that starts while the database is away says so and ends with 1.
        if code not in (None, 0, 1, 70, -signal.SIGKILL) or (code == 0 and not ordered):
            self.odd.append(f"{name} {UNEXPECTED} with {code}")


class Nemesis:
    def __init__(self, cluster, dice, proxies, keeper):
        self.cluster = cluster
        self.dice = dice
        self.proxies = proxies  # node's name -> its way to the database
        self.keeper = keeper
        self.struck = {}
        self._busy = set()
        self._timers = []
        self._lock = threading.Lock()

    # -- choosing

    def strike(self):
        """One fault; answers what was done, for people. A target is hit once at a time."""
        for _ in range(20):
            fault = self.dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            said = getattr(self, fault)()
            if said:
                self.struck[fault] = self.struck.get(fault, 0) + 1
                return said
        return None

    def heal(self):
        """Ends every fault that is still going on."""
        for timer in self._timers:
            timer.join()

    def _take(self, target):
        with self._lock:
            if target in self._busy:
                return False
            self._busy.add(target)
            return True

    def _after(self, seconds, target, heal):
        def end():
            try:
                heal()
            finally:
                with self._lock:
                    self._busy.discard(target)
        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        self._timers.append(timer)

    def _node(self):
        name = self.dice.choice([each for each in self.cluster.pids if each.startswith("calyd")])
        return name if self.cluster.alive(name) and self._take(name) else None

    # -- nodes

    def kill_node(self):
        name = self._node()
        if not name:
            return None
        self.cluster.kill(name)
        self._after(1, name, lambda: None)
        return f"kill -9 {name}"

    def end_node(self):
        name = self._node()
        if not name:
            return None
        with self.keeper.lock:
            self.keeper.ordered.add(name)
        self.cluster.kill(name, signal.SIGTERM)
        self._after(2, name, lambda: None)
        return f"SIGTERM to {name}"

    def freeze_shortly(self):
        return self._freeze(self.dice.uniform(0.2, 2.5))

    def freeze_long(self):
        return self._freeze(self.dice.uniform(5, 9))  # its lease runs out

    def _freeze(self, seconds):
        name = self._node()
        if not name:
            return None
        self.cluster.kill(name, signal.SIGSTOP)
        self._after(seconds, name, lambda: self.cluster.kill(name, signal.SIGCONT))
        return f"{name} stands still for {seconds:.1f} s"

    # -- the database

    def cut_database(self):
        name = self.dice.choice(list(self.proxies))
        seconds = self.dice.choice([self.dice.uniform(0.3, 3), self.dice.uniform(5, 8)])
        if not self._take(f"proxy {name}"):
            return None
        self.proxies[name].swallow()
        self._after(seconds, f"proxy {name}", self.proxies[name].heal)
        return f"{name} is cut off from the database for {seconds:.1f} s"

    def reset_database(self):
        name = self.dice.choice(list(self.proxies))
        self.proxies[name].reset()
        return f"the database connections of {name} break"

    def restart_database(self):
        if not self._take("postgres"):
            return None
        seconds = self.dice.uniform(0, 1.5)
        self.cluster.kill("postgres", signal.SIGQUIT)

        def start():
            self.cluster.wait_gone("postgres", 10)
            self.cluster.start_again("postgres")
        self._after(seconds, "postgres", start)
        return f"the database is thrown down for {seconds:.1f} s"

    def _backend(self):
        try:
            pids = [row["pid"] for row in self.cluster.rows.ask(
                "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()")]
        except RuntimeError:
            return None
        return self.dice.choice(pids) if pids else None

    def kill_backend(self):
        if not self._take("postgres"):
            return None
        pid = self._backend()
        if pid:
            os.kill(pid, signal.SIGKILL)
        self._after(1, "postgres", lambda: None)
        return pid and "a server process of the database is killed"

    def freeze_backend(self):
        if not self._take("backend"):
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
        self._after(seconds if pid else 0, "backend", go_on)
        return pid and f"a server process of the database stands still for {seconds:.1f} s"

    def hold_locks(self):
        if not self._take("locks"):
            return None
        seconds = self.dice.uniform(0.5, 3)
        table = self.dice.choice(["pools", "credit_balances", "number_rates", "shards"])

        def hold():
            try:
                self.cluster.rows.ask(f"select pg_sleep({seconds}) from (select count(*) from (select 1 from {table} for update) y) x")
            except RuntimeError:
                pass  # the database went away meanwhile
        threading.Thread(target=hold, daemon=True).start()
        self._after(seconds, "locks", lambda: None)
        return f"somebody holds the rows of {table} for {seconds:.1f} s"

    # -- the provider

    def provider_fails(self):
        return self._fault(self.dice.choice([
            {"rate_429": 0.5}, {"rate_500": 0.3}, {"rate_reset": 0.3}, {"rate_accept_then_timeout": 0.3},
            {"latency_ms": 800}, {"rate_malformed": 0.3}]))

    def webhooks_fail(self):
        return self._fault({"webhook": self.dice.choice([
            {"lose": 0.3}, {"duplicate": 0.5}, {"reorder": 0.5}, {"delay_ms_max": 3000}])})

    def _fault(self, what):
        if not self._take("provider"):
            return None
        seconds = self.dice.uniform(1, 5)
        self._ask_sandbox("POST", what)
        self._after(seconds, "provider", lambda: self._ask_sandbox("DELETE"))
        return f"provider: {json.dumps(what)} for {seconds:.1f} s"

    def _ask_sandbox(self, method, body=None):
        request = urllib.request.Request(self.cluster.endpoints["sim_admin"] + "/faults", method=method,
                                         data=json.dumps(body).encode() if body else None)
        urllib.request.urlopen(request, timeout=10).read()
