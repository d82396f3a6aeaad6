"""Who picked up: generated greetings through the detectors of live calls. No peer does this
without an account, so there are no ratios; the program says whether it met its gates."""
import programs

NAME = "answer"
GREETINGS = 400
SEEDS = (7, 8, 9)


class Verdicts:
    """What the program printed, a set of greetings each."""

    def __init__(self):
        self.sets = []

    def show(self):
        for seed, met, said in self.sets:
            print(f"\n{said.rstrip()}\n   {'gates met' if met else 'GATES MISSED'} (97 % right, p50 1.5 s), seed {seed}")

    def document(self):
        return [{"seed": seed, "gates_met": met, "lines": said.splitlines()} for seed, met, said in self.sets]


def run(_services, _options):
    verdicts = Verdicts()
    for seed in SEEDS:
        code, said = programs.output([programs.own("bench_answer"), str(GREETINGS), str(seed)])
        if code > 1:
            raise programs.Missing(f"bench_answer: {said.strip()[-300:]}")
        verdicts.sets.append((seed, code == 0, said))
    return [verdicts]
