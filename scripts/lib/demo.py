"""The demo account and its campaign."""
import shutil
import subprocess
import sys
import time
import urllib.request

from api import Api, ApiError

DONE = ("completed", "stopped", "paused")
GLYPHS = (("done", "█"), ("exhausted", "▓"), ("suppressed", "▒"), ("no_credit", "▒"), ("cancelled", "▒"),
          ("dialing", "▶"), ("waiting_retry", "░"), ("pending", "·"))


def ready(api):
    try:
        with urllib.request.urlopen(api + "/ready", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def sign_in(endpoints):
    api = Api(endpoints["api"][0])
    who = endpoints["demo"]
    try:
        session = api.post("/api/auth/login", who)
    except ApiError:
        session = api.post("/api/auth/register", {**who, "tenant_name": "Demo"})
    api.use(session)
    return api


def pick_agent(api):
    agents = api.get("/api/agents")
    if not agents:
        sys.exit("run: the account has no agents")
    return next((agent for agent in agents if "lead" in agent["name"].lower()
                 or "qualif" in agent["name"].lower()), agents[0])


def give_number(api, state, console, number):
    """People who ring the sandbox's number reach the demo account."""
    tenant = api.get("/api/auth/me")["tenant"]["id"]
    ended = subprocess.run(
        [console, "console", "--state", state, "-c", 'elevate operate --reason "demo account"',
         "-c", f"number set {number} {pick_agent(api)['id']} --tenant {tenant}"],
        capture_output=True, text=True, check=False, timeout=30)
    if ended.returncode != 0:
        print(f"run: the number {number} was not set: {ended.stdout}{ended.stderr}", file=sys.stderr)


def wait_import(api, imported):
    while True:
        row = api.get(f"/api/imports/{imported['id']}")
        if row["status"] != "processing":
            return row
        time.sleep(0.1)


def bar(counts, width):
    total = max(1, sum(counts.values()))
    text = "".join(glyph * round(width * counts.get(state, 0) / total) for state, glyph in GLYPHS)
    return text[:width].ljust(width, "·")


def watch_progress(api, campaign):
    terminal = sys.stdout.isatty()
    width = max(10, min(50, shutil.get_terminal_size().columns - 60))
    began = last = time.monotonic()
    while True:
        now = api.get(f"/api/campaigns/{campaign}/progress")
        counts = now["counts"]
        closed = sum(counts.get(each, 0) for each in ("done", "exhausted", "suppressed", "no_credit", "cancelled"))
        line = (f"{bar(counts, width)} {closed}/{now['rows']}  live {now['live']}  "
                f"{time.monotonic() - began:4.0f} s  {now['waiting_for'] or ''}")
        if terminal:
            print("\r\033[K" + line, end="", flush=True)
        elif time.monotonic() - last > 5:
            print(line, flush=True)
            last = time.monotonic()
        if now["status"] in DONE:
            print("\r\033[K" + line if terminal else line)
            return now
        time.sleep(0.5)


def print_result(api, campaign, result):
    counts = ", ".join(f"{name} {count}" for name, count in result["counts"].items() if count)
    outcomes = ", ".join(f"{name} {count}" for name, count in result["outcomes"].items() if count)
    print(f"\ncampaign {result['status']}{': ' + result['status_reason'] if result['status_reason'] else ''}")
    print(f"  rows      {result['rows']}  ({counts})")
    print(f"  calls     {result['attempts']}  ({outcomes})")
    print(f"  charged   {result['charged_micros'] / 1e6:.2f} credits")
    calls = api.get(f"/api/calls?campaign_id={campaign}&limit=12")
    print(f"\n  {'to':16} {'status':11} {'outcome':15} {'s':>4} {'credits':>8}")
    for call in calls:
        print(f"  {call['to']:16} {call['status']:11} {call['outcome'] or '-':15} "
              f"{call['duration_s'] or 0:4} {(call['charged_micros'] or 0) / 1e6:8.2f}")


def run_campaign(api, contacts, watch):
    row = wait_import(api, api.upload("/api/imports", contacts, {"default_country": "IN"}))
    if row["status"] == "failed":
        sys.exit(f"run: the import failed: {row['error']['message']}")
    counts = ", ".join(f"{name} {count}" for name, count in row["counts"].items())
    print(f"imported {contacts.name}: {row['rows']} rows ({counts})")
    tenant = api.get("/api/tenant")
    campaign = api.post("/api/campaigns", {
        "name": f"Demo {contacts.stem}", "agent_id": pick_agent(api)["id"], "import_id": row["id"],
        "retry": {"max_attempts": 2, "busy_delay_s": 5, "no_answer_delay_s": 5, "voicemail_delay_s": 5,
                  "failed_delay_s": 5},
        "calling_window": None, "concurrency": max(1, tenant["concurrent_calls_max"]), "max_call_s": 120})
    api.post(f"/api/campaigns/{campaign['id']}/start")
    print(f"campaign {campaign['id']} started")
    if not watch:
        return
    result = watch_progress(api, campaign["id"])
    # The last analyses arrive a moment after the last call.
    for _ in range(20):
        calls = api.get(f"/api/calls?campaign_id={campaign['id']}&limit=50")
        if all(call["outcome"] or call["status"] != "completed" for call in calls):
            break
        time.sleep(0.25)
    print_result(api, campaign["id"], api.get(f"/api/campaigns/{campaign['id']}/progress"))
