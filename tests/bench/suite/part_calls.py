"""Whether memory stands still over very many short calls through media sessions. Nobody to compare with; the program says
whether it met its gate."""
import programs

NAME = "calls"
PATIENCE_S = 4 * 3600


class Memory:
    def __init__(self, met, said):
        self.met, self.said = met, said

    def show(self):
        print(f"   {'gate met' if self.met else 'GATE MISSED'}")

    def document(self):
        return {"gate_met": self.met, "lines": self.said.splitlines()}


def run(_services, options):
    code, said = programs.output([programs.own("bench_calls"), str(options.calls)], patience_s=PATIENCE_S, show=True)
    if code not in (0, 1):
        raise programs.Missing(f"bench_calls: {said.strip()[-300:]}")
    return [Memory(code == 0, said)]
