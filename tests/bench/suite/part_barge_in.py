"""How fast an agent yields to a caller who breaks in, over real sockets. No peer does this without an account, so there are
no ratios; the program says whether it met its gates."""
import programs

NAME = "barge_in"
CALLS = 50
SECONDS = 40


class Yielding:
    def __init__(self, met, said):
        self.met, self.said = met, said.rstrip()

    def show(self):
        print(f"\n{CALLS} calls, {SECONDS} s\n{self.said}\n   {'gates met' if self.met else 'GATES MISSED'}")

    def document(self):
        return {"calls": CALLS, "seconds": SECONDS, "gates_met": self.met, "lines": self.said.splitlines()}


def run(_services, _options):
    code, said = programs.output([programs.own("bench_barge_in"), str(CALLS), str(SECONDS)])
    if code > 1:
        raise programs.Missing(f"bench_barge_in: {said.strip()[-300:]}")
    return [Yielding(code == 0, said)]
