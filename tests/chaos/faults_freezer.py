"""Nodes that a control group freezes with all their threads at once, as when a virtual
machine pauses; no signal tells the process."""
import os
import pathlib

from guard import Guard
from nemesis import Family

THAW = """for group in {groups}; do
  echo {word} > $group/{file}
  while read pid; do echo $pid > {parent}/cgroup.procs; done < $group/cgroup.procs
  rmdir $group
done"""


def hierarchy():
    """The folder of our own group, the file that freezes, and its words for no and yes."""
    for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
        number, controllers, path = line.split(":", 2)
        if "freezer" in controllers.split(","):
            return pathlib.Path("/sys/fs/cgroup/freezer" + path), "freezer.state", ("THAWED", "FROZEN")
        if number == "0" and pathlib.Path("/sys/fs/cgroup/cgroup.controllers").exists():
            return pathlib.Path("/sys/fs/cgroup" + path), "cgroup.freeze", ("0", "1")
    return None


class FreezerFaults(Family):
    weights = {"freeze_group": 8}

    def __init__(self, cluster):
        super().__init__(cluster)
        self.groups = {}
        self.guard = None

    def missing(self):
        found = hierarchy()
        if not found:
            return "no freezer among the control groups"
        self.parent, self.file, self.words = found
        groups = {name: self.parent / f"caly_chaos_{os.getpid()}_{name}" for name in self.cluster.node_names}
        self.guard = Guard(THAW.format(groups=" ".join(map(str, groups.values())), word=self.words[0],
                                       file=self.file, parent=self.parent))
        try:
            for group in groups.values():
                group.mkdir()
                (group / self.file).write_text(self.words[0])
        except OSError as failure:
            return str(failure)
        self.groups = groups
        return None

    def close(self):
        if self.guard:
            self.guard.close()

    def freeze_group(self):
        name = self.node()
        if not name:
            return None
        seconds = self.dice.choice([self.dice.uniform(0.2, 2.5), self.dice.uniform(5, 9)])
        group = self.groups[name]
        (group / "cgroup.procs").write_text(str(self.cluster.pids[name]))
        (group / self.file).write_text(self.words[1])
        self.nemesis.after(seconds, name, lambda: self._thaw(group))
        return f"{name} is frozen by its control group for {seconds:.1f} s"

    def _thaw(self, group):
        (group / self.file).write_text(self.words[0])
        for pid in (group / "cgroup.procs").read_text().split():
            try:
                (self.parent / "cgroup.procs").write_text(pid)
            except ProcessLookupError:
                pass  # its watchdog was faster
