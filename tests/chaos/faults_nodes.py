"""Nodes that are killed, ended and stopped."""
import signal

from nemesis import Family


class NodeFaults(Family):
    weights = {"kill_node": 22, "freeze_shortly": 10, "freeze_long": 6, "end_node": 12}

    def __init__(self, cluster, keeper):
        super().__init__(cluster)
        self.keeper = keeper

    def kill_node(self):
        name = self.node()
        if not name:
            return None
        self.cluster.kill(name)
        self.nemesis.after(1, name)
        return f"kill -9 {name}"

    def end_node(self):
        name = self.node()
        if not name:
            return None
        with self.keeper.lock:
            self.keeper.ordered.add(name)
        self.cluster.kill(name, signal.SIGTERM)
        self.nemesis.after(2, name)
        return f"SIGTERM to {name}"

    def freeze_shortly(self):
        return self._freeze(self.dice.uniform(0.2, 2.5))

    def freeze_long(self):
        return self._freeze(self.dice.uniform(5, 9))  # its lease runs out

    def _freeze(self, seconds):
        name = self.node()
        if not name:
            return None
        self.cluster.kill(name, signal.SIGSTOP)
        self.nemesis.after(seconds, name, lambda: self.cluster.kill(name, signal.SIGCONT))
        return f"{name} stands still for {seconds:.1f} s"
