"""Cuts between nodes: both ways or one, a pair or one node against all."""
import itertools

from firewall import Firewall
from nemesis import Family


class LinkFaults(Family):
    weights = {"cut_pair": 4, "cut_one_way": 4, "isolate": 4}

    def __init__(self, cluster):
        super().__init__(cluster)
        self.firewall = Firewall(cluster.node_names)

    def environment(self, name):
        return self.firewall.environment(name)

    def missing(self):
        return self.firewall.open()

    def close(self):
        self.firewall.close()

    def cut_pair(self):
        one, other = self.dice.sample(self.cluster.node_names, 2)
        return self._cut([(one, other), (other, one)], f"{one} and {other} cannot reach each other")

    def cut_one_way(self):
        one, other = self.dice.sample(self.cluster.node_names, 2)
        return self._cut([(one, other)], f"{one} cannot reach {other}")

    def isolate(self):
        one = self.dice.choice(self.cluster.node_names)
        ways = [way for way in itertools.permutations(self.cluster.node_names, 2) if one in way]
        how = self.dice.choice(["reaches no node and none reaches it", "reaches no node", "is reached by no node"])
        if how == "reaches no node":
            ways = [way for way in ways if way[0] == one]
        elif how == "is reached by no node":
            ways = [way for way in ways if way[1] == one]
        return self._cut(ways, f"{one} {how}")

    def _cut(self, ways, said):
        if not self.nemesis.take("links"):
            return None
        seconds = self.dice.uniform(1, 8)
        self.firewall.cut(ways)
        self.nemesis.after(seconds, "links", lambda: self.firewall.heal(ways))
        return f"{said} for {seconds:.1f} s"
