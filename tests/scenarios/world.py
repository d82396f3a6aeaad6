"""A real cluster for a scenario: three nodes, a private PostgreSQL and the sandbox."""
import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "scripts" / "lib"))
import checkers  # noqa: E402
import database  # noqa: E402
import demo  # noqa: E402
import evidence  # noqa: E402
import processes  # noqa: E402
from api import Api, ApiError  # noqa: E402
from state_watch import StateWatch  # noqa: E402

PORTS_USED = [*range(0, 9), *range(20, 29), *range(40, 49), 60, 61, 62]


def free_port_base(first=23080, last=32000):
    """The first of 100 ports of which those that a run needs are free."""
    start = first + (os.getpid() * 100) % (last - first)
    start -= (start - first) % 100
    for base in [*range(start, last, 100), *range(first, start, 100)]:
        if all(is_free(base + offset) for offset in PORTS_USED):
            return base
    sys.exit("scenario: no free ports")


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def plain_environment():
    """What the user's shell sets for a cluster of their own must not reach ours."""
    own = ("DATABASE_URL", "PORT", "LOG_LEVEL", "SYSTEM_CONCURRENT_CALLS_LIMIT", "WEBHOOK_SECRET")
    return {name: value for name, value in os.environ.items()
            if name not in own and not name.startswith(("CALY__", "TWILIO_", "TELNYX_", "OPENAI_", "BOLNA_", "EXOTEL_"))}


class Report:
    """Says line by line what was checked, and counts what failed."""

    def __init__(self, name):
        self.name = name
        self.failed = []
        self.count = 0
        self.began = time.monotonic()

    def check(self, holds, text, detail=""):
        self.count += 1
        if holds:
            print(f"ok    {text}", flush=True)
        else:
            self.failed.append(text)
            print(f"FAIL  {text}{': ' + str(detail) if detail != '' else ''}", flush=True)
        return bool(holds)

    def equal(self, found, wanted, text):
        return self.check(found == wanted, text, f"wanted {wanted}, got {found}")

    def verdicts(self, verdicts):
        for verdict in verdicts:
            self.count += 1
            if verdict.violations:
                self.failed.append(verdict.id)
            print(verdict.line(), flush=True)

    def note(self, text):
        print(f"      [{time.monotonic() - self.began:5.1f} s] {text}", flush=True)

    def close(self):
        passed = self.count - len(self.failed)
        print(f"{self.name}: {passed} passed, {len(self.failed)} failed, {time.monotonic() - self.began:.0f} s")
        return 1 if self.failed or self.count == 0 else 0


class Cluster:
    """Runs from `with` to its end. The state folder stays when the scenario fails, and when
    CALY_SCENARIO_STATE names the folder that holds the state folders."""

    def __init__(self, name, environment=None, arguments=(), nodes=3):
        self.name = name
        kept = os.environ.get("CALY_SCENARIO_STATE")
        self.keep = bool(kept)
        if kept:
            self.state = pathlib.Path(kept).resolve() / name
            shutil.rmtree(self.state, ignore_errors=True)
            self.state.mkdir(parents=True)
        else:
            self.state = pathlib.Path(tempfile.mkdtemp(prefix=f"caly-{name}-"))
        self.arguments = list(arguments)
        self.nodes = nodes
        self.environment = {**plain_environment(), **(environment or {})}
        self.failed = True
        self.at_end = contextlib.ExitStack()

    def __enter__(self):
        started = subprocess.run(
            [str(root / "scripts" / "run"), "--no-build", "--detach", "--nodes", str(self.nodes),
             "--state", str(self.state), "--port-base", str(free_port_base())] + self.arguments,
            env=self.environment, capture_output=True, text=True, check=False, timeout=180)
        if started.returncode != 0:
            print(started.stdout + started.stderr, file=sys.stderr)
            raise SystemExit(f"scenario: the cluster does not start; its state is {self.state}")
        self.endpoints = json.loads((self.state / "endpoints.json").read_text())
        self.secrets = json.loads((self.state / "secrets.json").read_text())
        self.pids = self.endpoints["pids"]
        self.urls = self.endpoints["api"]
        self.node_names = [name for name in self.pids if name.startswith("calyd")]
        self.rows = evidence.Rows(self.endpoints["database_url"])
        # What a process was started with, to start it again as it was.
        self.born = {name: self._birth_of(pid) for name, pid in self.pids.items()}
        return self

    def __exit__(self, kind, *_):
        subprocess.run([str(root / "scripts" / "stop"), "--state", str(self.state)],
                       capture_output=True, check=False, timeout=90)
        self.release()
        if kind is None and not self.failed and not self.keep:
            shutil.rmtree(self.state, ignore_errors=True)
        else:
            print(f"      the state is left in {self.state}", flush=True)

    def release(self):
        """Gives back what a scenario added, once no process runs any more."""
        self.at_end.close()

    @staticmethod
    def _birth_of(pid):
        proc = pathlib.Path(f"/proc/{pid}")
        pairs = (proc / "environ").read_bytes().split(b"\0")
        return {"command": [os.fsdecode(each) for each in (proc / "cmdline").read_bytes().split(b"\0")[:-1]],
                "environment": dict(os.fsdecode(each).split("=", 1) for each in pairs if each),
                "birth": processes.birth(pid)}

    # -- processes

    def alive(self, name):
        birth = self.born[name]["birth"]
        return birth is not None and processes.birth(self.pids[name]) == birth

    def kill(self, name, number=signal.SIGKILL):
        """Signals one process of this cluster, and no other."""
        if self.alive(name):
            os.kill(self.pids[name], number)

    def wait_gone(self, name, seconds):
        return wait_for(lambda: not self.alive(name), seconds, 0.05)

    def exit_code(self, name):
        """Of a process that has ended; negative for a signal, None when it is not known."""
        found = []

        def ended():
            try:
                found[:] = os.waitpid(self.pids[name], os.WNOHANG)
            except ChildProcessError:
                found[:] = (0, 0)
                return True
            return found[0] != 0
        # The first thread may be gone while others are still ending.
        wait_for(ended, 2, 0.02)
        return os.waitstatus_to_exitcode(found[1]) if found[0] else None

    def start_again(self, name):
        """Starts a process that has ended, exactly as it was."""
        born = self.born[name]
        if name == "postgres":
            port = urllib.parse.urlsplit(self.endpoints["database_url"]).port
            entry, _ = database.start(self.state, port)
        else:
            log = self.state / "logs" / (f"{name.replace('calyd-', 'n')}.out" if name.startswith("calyd") else f"{name}.log")
            entry = processes.start(name, born["command"], log, born["environment"])
        self._remember(entry)

    def _remember(self, entry):
        name = entry["name"]
        self.pids[name] = entry["pid"]
        self.born[name]["birth"] = entry["birth"]
        file = self.state / "processes.json"
        others = [each for each in json.loads(file.read_text()) if each["name"] != name]
        file.write_text(json.dumps(others + [entry]))

    def add_node(self):
        """Starts one more node, on ports of its own; answers its name."""
        number = len(self.node_names) + 1
        first = self.born["calyd-1"]
        own = {}
        for key in ("CALY__NET__PORT", "CALY__CLUSTER__BASP_PORT", "CALY__CONSOLE__PORT"):
            own[key] = str(int(first["environment"][key]) + number - 1)
        url = f"http://127.0.0.1:{own['CALY__NET__PORT']}"
        own |= {"CALY__NODE__ID": f"n{number}", "CALY__NODE__STATE_DIR": str(self.state / f"n{number}"),
                "CALY__NET__PUBLIC_URL": url, "CALY__LOG__FILE": str(self.state / "logs" / f"n{number}.log")}
        name = f"calyd-{number}"
        (self.state / f"n{number}").mkdir()
        self.born[name] = {"command": first["command"], "environment": {**first["environment"], **own}}
        self._remember(processes.start(name, first["command"], self.state / "logs" / f"n{number}.out",
                                       self.born[name]["environment"]))
        self.urls.append(url)
        self.node_names.append(name)
        return name

    def ready(self, number=None):
        """Of one node (from 1), or of all."""
        urls = self.urls if number is None else [self.urls[number - 1]]
        return all(demo.ready(url) for url in urls)

    # -- the API

    def sign_in(self, node=1):
        api = Api(self.urls[node - 1])
        api.token = api.post("/api/auth/login", self.endpoints["demo"])["token"]
        return api

    def register(self, email, node=1):
        """Another tenant; answers its API and the session."""
        api = Api(self.urls[node - 1])
        session = api.post("/api/auth/register", {"email": email, "password": "correct horse 42 battery",
                                                  "tenant_name": email.split("@")[0]})
        api.token = session["token"]
        return api, session

    def checkers(self, **limits):
        return checkers.Checkers(self.endpoints, **limits)

    def watch(self):
        return StateWatch(self.endpoints)

    def history(self, kind=None):
        lines = evidence.read_history(self.endpoints["sim_history"])
        return [line for line in lines if kind is None or line["kind"] == kind]

    def complaints(self):
        """Lines of the nodes' logs that speak of a defect."""
        bad = []
        for file in sorted((self.state / "logs").glob("n*")):  # what was logged, what was printed
            for line in file.read_text(errors="replace").splitlines():
                if '"level":"critical"' in line or '"level":"error"' in line or "ended by SIG" in line:
                    bad.append(f"{file.name}: {line}")
        return bad


def wait_for(condition, seconds, pause=0.2):
    deadline = time.monotonic() + seconds
    while True:
        if condition():
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)


def end_on_signal(number, _):
    """Lets `with` stop the cluster."""
    print(f"      ended by {signal.Signals(number).name}", flush=True)
    sys.exit(128 + number)


def prepare_process():
    """A signal still stops the cluster, and what scripts/run leaves running becomes our
    child, so that its exit code can be read."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end_on_signal)
    set_child_subreaper = 36
    ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def main(name, body, environment=None, arguments=(), nodes=3, kind=Cluster):
    """Runs `body(cluster, report)` against a fresh cluster and leaves with 0 or 1."""
    prepare_process()
    report = Report(name)
    with kind(name, environment, arguments, nodes) as cluster:
        report.note(f"cluster of {nodes} nodes is ready at {cluster.urls[0]}")
        body(cluster, report)
        code = report.close()
        cluster.failed = code != 0
    sys.exit(code)


__all__ = ["Api", "ApiError", "Cluster", "Report", "main", "prepare_process", "root", "wait_for"]
