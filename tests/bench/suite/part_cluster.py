"""What a cluster of three nodes does when something dies, and what three nodes do more than one."""
from cluster_faults import commit_after_restart, next_dial_after_kill, notice_of_a_cut
from cluster_scale import soak, three_against_one
from figures import Figures
import programs

NAME = "cluster"


def run(services, options):
    del services  # each measurement has a cluster of its own
    rounds = options.cluster_rounds
    figures = Figures(f"cluster: three nodes, {rounds} rounds of each fault")
    measures = {"kill": lambda: next_dial_after_kill(rounds, figures),
                "cut": lambda: notice_of_a_cut(rounds, figures),
                "restart": lambda: commit_after_restart(rounds, figures),
                "scale": lambda: three_against_one(options.rounds, options.campaign_rows, figures),
                "soak": lambda: soak(options.soak_minutes, figures)}
    for name in options.cluster or measures:
        print(f"   {name}", flush=True)
        try:
            measures[name]()
        except programs.Missing as reason:
            figures.note(f"{name} left out: {reason}")
    return [figures]
