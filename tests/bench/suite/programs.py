"""Building and running the measured programs; everything started here ends here."""
import atexit
import contextlib
import functools
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import threading
import time

import machine

root = pathlib.Path(__file__).resolve().parents[3]
peers = root / "tests" / "bench" / "peers"
built = root / "build" / "bench-peers"
binaries = root / "build" / "release" / "bin"

LIBRARIES = {"http_load": [], "media_load": ["-lcrypto"], "media_raw": ["-lcrypto"],
             "media_beast": ["-lcrypto"], "carrier_echo": [], "import_floor": ["-lpq"],
             "dial_floor": ["-lpq"], "webhook_floor": ["-lpq", "-lcrypto"],
             "calls_floor": ["-lpq", "-lcrypto"]}
PATIENCE_S = 300
prefer_measured = False  # see machine.prefer

_running = []


class Missing(Exception):
    """What a row of a table needs is not here; the others go on."""


@functools.cache
def own(name):
    """A program of the release build, brought up to date first: old figures mislead."""
    release = root / "build" / "release"
    if not (release / "CMakeCache.txt").exists():
        raise Missing("build/release is not configured; run scripts/setup")
    made = subprocess.run(["cmake", "--build", str(release), "--target", name],
                          capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise Missing(f"{name} does not build: {made.stdout[-500:]}{made.stderr[-500:]}")
    return str(binaries / name)


def peer(name):
    """A C++ peer, compiled when its sources are newer."""
    program = built / "bin" / name
    sources = [peers / f"{name}.cpp", *(peers / "common").glob("*.hpp")]
    if program.exists() and program.stat().st_mtime > max(file.stat().st_mtime for file in sources):
        return str(program)
    program.parent.mkdir(parents=True, exist_ok=True)
    print(f"      compiling {name}", flush=True)
    made = subprocess.run(["g++", "-std=c++20", "-O2", "-DBOOST_ASIO_DISABLE_THREADS", f"-I{root}",
                           "-I/usr/include/postgresql", str(sources[0]), "-o", str(program), *LIBRARIES[name]],
                          capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise Missing(f"{name} does not compile: {made.stderr.splitlines()[0] if made.stderr else ''}")
    return str(program)


def node_peer(name):
    """Command of a Node peer; its packages go into the build folder."""
    node = shutil.which("node")
    if not node:
        raise Missing("node is not installed")
    folder = built / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for file in (peers / "node").iterdir():
        target = folder / file.name
        if file.is_file() and (not target.exists() or target.read_bytes() != file.read_bytes()):
            shutil.copy(file, target)
    if not (folder / "node_modules" / "fastify").exists():
        print("      installing the Node peers' packages", flush=True)
        made = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=folder,
                              capture_output=True, text=True, check=False)
        if made.returncode != 0:
            shutil.rmtree(folder / "node_modules", ignore_errors=True)
            raise Missing("npm could not install the peers' packages")
    return [node, str(folder / f"{name}.mjs")]


def pinned(core, command):
    """The command on one core, where there are two."""
    if (os.cpu_count() or 1) < 2 or not shutil.which("taskset"):
        return command
    return ["taskset", "-c", str(core), *command]


def end(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process in _running:
        _running.remove(process)


@atexit.register
def end_all():
    for process in reversed(_running[:]):
        end(process)


def start(command, log, environment=None):
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                   env={**os.environ, **(environment or {})}, start_new_session=prefer_measured)
    _running.append(process)
    return process


@contextlib.contextmanager
def server(command, port, log, environment=None):
    """A running server that takes connections on loopback."""
    process = start(command, log, environment)
    try:
        limit = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if process.poll() is not None or time.monotonic() > limit:
                raise Missing(f"{pathlib.Path(command[-2]).name} does not start; see {log}")
            time.sleep(0.05)
        yield process
    finally:
        end(process)


class LineReader:
    def __init__(self, stream):
        self.file = stream.fileno()
        self.text = b""

    def next(self, seconds):
        """The next line; None at the end of the stream or of the patience."""
        limit = time.monotonic() + seconds
        while b"\n" not in self.text:
            ready, _, _ = select.select([self.file], [], [], max(0, limit - time.monotonic()))
            piece = os.read(self.file, 65536) if ready else b""
            if not piece:
                return None
            self.text += piece
        line, self.text = self.text.split(b"\n", 1)
        return line.decode()


def measure(command, trees, environment=None, with_self=None):
    """Runs a program that tells its measured stretch (common/window.hpp). Answers its facts
    with `cpu`: name -> milliseconds of each tree in that stretch; `with_self` names the
    program's own."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={**os.environ, **(environment or {})}, start_new_session=prefer_measured)
    _running.append(process)
    trees = dict(trees)
    if with_self:
        trees[with_self] = process.pid
    over = threading.Event()
    if prefer_measured:
        threading.Thread(target=_prefer_until, args=(over, {**trees, "": process.pid}), daemon=True).start()
    try:
        lines = LineReader(process.stdout)
        line = lines.next(PATIENCE_S)
        while line is not None and line != "begin":
            line = lines.next(PATIENCE_S)
        before = machine.cpu_ms(trees)
        line = lines.next(PATIENCE_S)
        after = machine.cpu_ms(trees)
        if line is None:
            end(process)
            said = process.stderr.read().decode(errors="replace").strip().splitlines()
            raise Missing(f"{pathlib.Path(command[0]).name} broke off: {said[-1] if said else 'no word'}")
        facts = json.loads(line)
        facts["cpu"] = {name: after[name] - before[name] for name in trees}
        process.stdin.close()
        process.wait(10)
        return facts
    finally:
        over.set()
        end(process)


def output(command, patience_s=PATIENCE_S, show=False):
    """Runs a program of ours that measures itself; answers (exit code, what it printed), which `show` prints as it comes."""
    over = threading.Event()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               start_new_session=prefer_measured)
    _running.append(process)
    if prefer_measured:
        threading.Thread(target=_prefer_until, args=(over, {"": process.pid}), daemon=True).start()
    limit = time.monotonic() + patience_s
    try:
        lines = LineReader(process.stdout)
        said = ""
        while (line := lines.next(limit - time.monotonic())) is not None:
            said += line + "\n"
            if show:
                print(f"   {line}", flush=True)
        return process.wait(max(0, limit - time.monotonic())), said + lines.text.decode(errors="replace")
    except subprocess.TimeoutExpired:
        raise Missing(f"{pathlib.Path(command[0]).name} does not end") from None
    finally:
        over.set()
        end(process)


def _prefer_until(over, trees):
    while True:
        machine.prefer(trees)
        if over.wait(0.3):
            return
