"""A private PostgreSQL in a folder, run by an unprivileged user when we are root."""
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import time

import processes


def binaries():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"),
                   key=lambda path: int(path.parts[-3].split(".")[0]))
    if not found:
        sys.exit("run: no PostgreSQL server found; scripts/setup installs it")
    return found[-1].parent


def unprivileged(folder):
    """Prefix that drops root. The server refuses to be root, yet the folder may lie where
    only root may look (a clone under /root); then it keeps the one right to look there."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    plain = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if subprocess.run(plain + ["test", "-w", str(folder)], check=False).returncode == 0:
        return plain
    rights = "+dac_override,+dac_read_search"
    return plain + [f"--inh-caps={rights}", f"--ambient-caps={rights}"]


def settings(folder, port):
    return [f"-c{key}={value}" for key, value in {
        "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder,
        "max_connections": 200, "shared_buffers": "256MB", "max_wal_size": "2GB",
        "wal_compression": "on", "log_min_messages": "warning", "jit": "off",
        "timezone": "UTC"}.items()]


def start(state, port):
    """Starts the server; answers its process entry and a URL."""
    folder = state / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    programs = binaries()
    prefix = unprivileged(folder)
    data = folder / "data"
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    if not (data / "PG_VERSION").exists():
        if data.exists():
            shutil.rmtree(data)
        made = subprocess.run(
            prefix + [str(programs / "initdb"), "-D", str(data), "-U", "caly", "-A", "trust",
                      "-E", "UTF8", "--no-sync"],
            env=environment, capture_output=True, text=True, check=False, cwd="/")
        if made.returncode != 0:
            sys.exit(f"run: initdb failed:\n{made.stderr}")
    # A socket path has room for 107 bytes; loopback works everywhere.
    sockets = folder if len(str(folder)) < 90 else ""
    entry = processes.start("postgres", prefix + [str(programs / "postgres"), "-D", str(data)]
                            + settings(sockets, port), state / "logs" / "postgres.log",
                            environment, cwd="/")
    url = f"postgresql://caly@127.0.0.1:{port}/caly"
    admin = ["-h", "127.0.0.1", "-p", str(port), "-U", "caly"]
    deadline = time.monotonic() + 60
    while subprocess.run([str(programs / "pg_isready"), "-q"] + admin, check=False).returncode != 0:
        if time.monotonic() > deadline or not processes.alive(entry):
            tail = (state / "logs" / "postgres.log").read_text()[-2000:]
            sys.exit(f"run: PostgreSQL does not start:\n{tail}")
        time.sleep(0.1)
    exists = subprocess.run([str(programs / "psql"), "-Atqc", "select 1 from pg_database where datname = 'caly'"]
                            + admin + ["-d", "postgres"], capture_output=True, text=True, check=True)
    if not exists.stdout.strip():
        subprocess.run([str(programs / "createdb")] + admin + ["caly"], check=True)
    return entry, url
