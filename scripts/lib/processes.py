"""Starting and stopping the processes of one run, each told apart by pid and birth."""
import os
import pathlib
import signal
import subprocess
import time


def birth(pid):
    """When a process started, in clock ticks since boot; None when it is gone with all of its threads,
    of which any may still hold its ports and files."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat[stat.rindex(")") + 2:].split()
    state, threads = fields[0], int(fields[17])
    return None if state == "Z" and threads <= 1 else int(fields[19])


def start(name, command, log, environment=None, cwd=None):
    """Starts a process of its own session, its output appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            env=environment, cwd=cwd, start_new_session=True)
    return {"name": name, "pid": process.pid, "birth": birth(process.pid), "log": str(log)}


def alive(entry):
    return birth(entry["pid"]) == entry["birth"] and entry["birth"] is not None


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def wait_gone(entries, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        reap()
        if not any(alive(entry) for entry in entries):
            return True
        time.sleep(0.05)
    return False


def stop_all(entries):
    """Nodes first, then the sandbox, the database last. Answers who had to be killed."""
    killed = []
    for names, number, patience in (("calyd", signal.SIGTERM, 25), ("caly_sim", signal.SIGTERM, 5),
                                    ("postgres", signal.SIGINT, 15)):
        group = [entry for entry in entries if entry["name"].startswith(names) and alive(entry)]
        for entry in group:
            os.kill(entry["pid"], number)
        if names == "calyd" and not wait_gone(group, 8):
            for entry in filter(alive, group):  # a second word hurries a node that drains
                os.kill(entry["pid"], number)
        if not wait_gone(group, patience):
            for entry in group:
                if alive(entry):
                    os.kill(entry["pid"], signal.SIGKILL)
                    killed.append(entry["name"])
            wait_gone(group, 5)
    return killed
