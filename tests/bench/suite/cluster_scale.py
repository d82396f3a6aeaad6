"""Attempts a second with three nodes beside one, and memory under full load."""
import os
import pathlib
import statistics
import time

import machine
from cluster_load import Dialer, cluster, dialers, spread, wait_for
import campaigns

TENANTS = 12
LINES = 50
QUOTA = 0.15  # of a core for a node, so that nodes are what is scarce
SCARCE_LINES = 4  # a tenant then: enough to keep the nodes busy, too few to bury them
DONE = "select count(*) from calls where status = 'completed'"
CPU_GROUPS = pathlib.Path("/sys/fs/cgroup/cpu")


class Quota:
    """Limits processes to a share of a core each (control groups of version 1)."""

    def __init__(self, at, share):
        self.groups = []
        for name in at.node_names:
            group = CPU_GROUPS / f"caly_bench_{os.getpid()}_{name}"
            group.mkdir()
            self.groups.append(group)
            (group / "cpu.cfs_period_us").write_text("20000")
            (group / "cpu.cfs_quota_us").write_text(str(round(20_000 * share)))
            (group / "cgroup.procs").write_text(str(at.pids[name]))

    def close(self):
        for group in self.groups:
            for pid in (group / "cgroup.procs").read_text().split():
                (CPU_GROUPS / "cgroup.procs").write_text(pid)
            group.rmdir()

    @staticmethod
    def possible():
        return os.access(CPU_GROUPS, os.W_OK) and (CPU_GROUPS / "cpu.cfs_quota_us").parent.exists()


def trees_of(at):
    return {name: at.pids[name] for name in [*at.node_names, "postgres", "caly_sim"]}


def settle(nodes, rows, share):
    """Attempts a second, and the cores that each process used meanwhile."""
    with cluster(f"scale{nodes}", nodes, SCARCE_LINES if share else LINES, TENANTS, instant=True) as at:
        spread(at)
        work = [(each, each.load()) for each in (Dialer(at, number, rows // TENANTS) for number in range(TENANTS))]
        quota = Quota(at, share) if share else None
        try:
            before, began = machine.cpu_ms(trees_of(at)), time.monotonic()
            for each, campaign in work:
                campaigns.act(each.api, campaign, "start")
            all_done = wait_for(lambda: at.rows.one(DONE) >= rows // TENANTS * TENANTS * 0.99, 300, 0.2)
            seconds, after = time.monotonic() - began, machine.cpu_ms(trees_of(at))
            count = at.rows.one(DONE)
            if not all_done:
                raise RuntimeError(f"only {count} of {rows} calls were completed in {seconds:.0f} s")
        finally:
            if quota:
                quota.close()
        at.failed = False
    cores = {name: (after[name] - before[name]) / 1000 / seconds for name in after}
    return count / seconds, cores


def cores_text(cores):
    nodes = [each for name, each in cores.items() if name.startswith("calyd")]
    return (f"nodes {' + '.join(f'{each:.2f}' for each in nodes)}, postgres {cores['postgres']:.2f},"
            f" sandbox {cores['caly_sim']:.2f} of {os.cpu_count()} cores")


def three_against_one(rounds, rows, figures):
    shares = [None] + ([QUOTA] if Quota.possible() else [])
    for share in shares:
        kind = f"nodes of {share:g} cores" if share else "nodes without limits"
        rates = {1: [], 3: []}
        for _ in range(rounds):
            for nodes, found in rates.items():
                rate, cores = settle(nodes, rows if not share else rows // 2, share)
                found.append(rate)
                figures.note(f"{nodes} {kind}, {rate:.0f}/s: {cores_text(cores)}")
        one, three = (statistics.median(each) for each in rates.values())
        figures.value(f"attempts settled, 1 of {kind}", one, "/s")
        figures.value(f"attempts settled, 3 of {kind}", three, "/s")
        figures.value(f"three against one, {kind}", three / one, "x")
    if QUOTA in shares:
        figures.gate("three nodes >= 1.5 x one where nodes are scarce", f"three against one, nodes of {QUOTA:g} cores",
                     "value", least=1.5)
    else:
        figures.note("no control groups of version 1 to limit nodes with: the machine's cores are what is scarce")


def resident_mib(pid):
    pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def soak(minutes, figures):
    """Full load; memory from minute two on, as medians of half a minute."""
    with cluster("soak", 3, LINES, TENANTS, instant=True) as at:
        spread(at)
        dialers(at, TENANTS, 5000)
        samples = {name: [] for name in at.node_names}
        began = time.monotonic()
        while (passed := time.monotonic() - began) < minutes * 60:
            for name, seen in samples.items():
                seen.append((passed, resident_mib(at.pids[name])))
            time.sleep(1)
        count = at.rows.one(DONE)
        at.failed = False
    figures.value(f"attempts completed in {minutes:g} minutes", count, "")
    first = min(120, minutes * 60 / 2)
    for name, seen in samples.items():
        halves = [statistics.median(mib for t, mib in seen if begin <= t < begin + 30)
                  for begin in range(0, int(minutes * 60) - 29, 30)]
        early, late = halves[int(first) // 30], halves[-1]
        figures.note(f"memory of {name}, MiB each half minute: {' '.join(f'{each:.0f}' for each in halves)}")
        figures.value(f"memory of {name} after {first / 60:g} minutes", early, "MiB")
        figures.value(f"memory of {name}, growth from there on", (late / early - 1) * 100, "%")
        figures.gate(f"memory of {name} grows <= 2 %", f"memory of {name}, growth from there on", "value", most=2)
