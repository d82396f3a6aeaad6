"""Ended calls run again: each does what its log says, message by message."""
import json
import subprocess

from world import root, wait_for


def replay(cluster, call, *more):
    """Exit code, and what `caly calls replay` says of each log of the call."""
    ended = subprocess.run(
        [str(root / "build" / "release" / "bin" / "caly"), "calls", "replay", call, "-o", "json",
         "--state", str(cluster.state), *more],
        capture_output=True, text=True, check=False, timeout=60)
    try:
        return ended.returncode, json.loads(ended.stdout)
    except ValueError:
        return ended.returncode, ended.stderr.strip()


def check(cluster, report, calls):
    """The log of a call is written just behind its end."""
    missing = []

    def all_kept():
        kept = {row["id"] for row in cluster.rows.ask(
            "select distinct 'call_' || replace(call_id::text, '-', '') as id from call_logs")}
        missing[:] = [call for call in calls if call not in kept]
        return not missing
    report.check(wait_for(all_kept, 20), f"each of {len(calls)} calls has its log", missing[:4])
    wrong, events, took_ms = [], 0, 0
    for call in calls:
        code, logs = replay(cluster, call)
        if code != 0:
            wrong.append((call, code, str(logs)[:600]))
            continue
        events += sum(log["events"] for log in logs)
        took_ms += sum(log["took_ms"] for log in logs)
    report.check(not wrong, f"each does the same again ({events} events in {took_ms} ms)", wrong[:3])
    size = cluster.rows.ask("select count(*) as n, coalesce(avg(length(log)), 0)::int as length,"
                            " coalesce(avg(pg_column_size(log)), 0)::int as stored, coalesce(avg(events), 0)::int as events"
                            " from call_logs")[0]
    report.note(f"{size['n']} logs, on average {size['events']} events, {size['length']} bytes, {size['stored']} stored")
