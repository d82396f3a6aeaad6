"""What an idle node holds: open files and actors, against what it held before the load."""
import os
import pathlib
import urllib.parse

from console import Console
from evidence import Verdict
from world import wait_for

SLACK = 5
PATIENCE_S = 60  # tenants without work, connections without requests end by themselves


def open_files(pid, pooled_ports):
    """Without the connections of pools (database, provider), which have bounds of their own: they are opened when needed
    and kept for the next time."""
    proc = pathlib.Path(f"/proc/{pid}")
    fields = [line.split() for line in (proc / "net" / "tcp").read_text().splitlines()[1:]]
    pooled = {f"socket:[{each[9]}]" for each in fields if int(each[2].split(":")[1], 16) in pooled_ports}
    count = 0
    for name in os.listdir(proc / "fd"):
        try:
            count += os.readlink(proc / "fd" / name) not in pooled
        except FileNotFoundError:
            pass  # closed since the listing
    return count


class IdleWatch:
    """Made while the cluster is idle; the verdict comes when it is idle again."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.before = {}
        # Until the nodes are linked, the one that is asked cannot tell of all.
        wait_for(self._look_before, 30, 1)

    def verdict(self):
        wait_for(lambda: not self._grown(), PATIENCE_S, 2)
        after = self._look()
        return Verdict("C9b", f"idle nodes hold what they held before, up to {SLACK}",
                       ", ".join(f"{what} {self.before[what]} then {n}" for what, n in sorted(after.items())),
                       self._grown())

    def _look_before(self):
        self.before = self._look()
        return None not in self.before.values()

    def _grown(self):
        after = self._look()
        return [f"{what}: {self.before[what]} before, {n} now" for what, n in after.items()
                if n is None or self.before[what] is None or n > self.before[what] + SLACK]

    def _look(self):
        actors = {row["node"].rstrip("*"): row["actors"] for row in Console(self.cluster).rows("cluster")}
        found = {}
        for number, name in enumerate(self.cluster.node_names, 1):
            urls = (self.cluster.born[name]["environment"]["CALY__DATABASE__URL"], self.cluster.endpoints["sim"])
            found[f"files of n{number}"] = open_files(self.cluster.pids[name],
                                                      {urllib.parse.urlsplit(url).port for url in urls})
            found[f"actors of n{number}"] = actors.get(f"n{number}")
        return found
