"""Chooses faults by a seed. Each ends by itself, and a target is hit once at a time."""
import threading


class Family:
    """Faults of one kind. `weights`: name of a method -> how often it is chosen, beside all
    others; a method answers what was done, for people, or None when it could do nothing."""

    weights = {}

    def __init__(self, cluster):
        self.cluster = cluster
        self.nemesis = None  # set before the first fault

    def missing(self):
        """Why this machine cannot do them; None when it can."""
        return None

    def environment(self, name):
        """What a node must be started with, so that it can be hit."""
        return {}

    def close(self):
        """Ends what is left of all faults."""

    @property
    def dice(self):
        return self.nemesis.dice

    def node(self):
        """A node that runs and is hit by nothing else, from now on by the caller."""
        name = self.dice.choice(self.cluster.node_names)
        return name if self.cluster.alive(name) and self.nemesis.take(name) else None


class Nemesis:
    def __init__(self, families, dice, only=None):
        """`only`: names of the faults to choose from."""
        self.families = families
        self.dice = dice
        self.struck = {}
        self._faults = {name: (family, weight) for family in families for name, weight in family.weights.items()
                        if only is None or name in only}
        self._busy = set()
        self._timers = []
        self._lock = threading.Lock()
        for family in families:
            family.nemesis = self

    def strike(self):
        """One fault; answers what was done, for people."""
        weights = [weight for _, weight in self._faults.values()]
        for _ in range(20):
            fault = self.dice.choices(list(self._faults), weights)[0]
            said = getattr(self._faults[fault][0], fault)()
            if said:
                self.struck[fault] = self.struck.get(fault, 0) + 1
                return said
        return None

    def heal(self):
        """Waits until every fault has ended."""
        for timer in self._timers:
            timer.join()

    def close(self):
        for family in self.families:
            family.close()

    def take(self, target):
        with self._lock:
            if target in self._busy:
                return False
            self._busy.add(target)
            return True

    def after(self, seconds, target, heal=lambda: None):
        """Heals later, and only then gives the target free."""
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
