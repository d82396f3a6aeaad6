"""What the cascade brain adds of its own between the caller's words and the first sound of the answer, vendors answering at
once. No peer has this path, so there are no ratios; the program says whether it met its gate."""
import programs

NAME = "cascade"
# Calls at once, calls in all, turns of each: 500 turns one after the other take about seven minutes.
LOADS = ((1, 20, 25), (50, 50, 40))


class Turns:
    """What the program printed, a load each."""

    def __init__(self):
        self.loads = []

    def show(self):
        for met, said in self.loads:
            print(f"\n{said.rstrip()}\n   {'gate met' if met else 'GATE MISSED'}")

    def document(self):
        return [{"gate_met": met, "lines": said.splitlines()} for met, said in self.loads]


def run(_services, _options):
    turns = Turns()
    for load in LOADS:
        code, said = programs.output([programs.own("bench_cascade"), *map(str, load)], patience_s=1200)
        if code not in (0, 1):
            raise programs.Missing(f"bench_cascade: {said.strip()[-300:]}")
        turns.loads.append((code == 0, said))
    return [turns]
