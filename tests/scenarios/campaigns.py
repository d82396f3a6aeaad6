"""From a file of people to a campaign that runs, over the API of any node."""
import time

import demo
from world import ApiError, wait_for

OVER = ("completed", "stopped", "paused")
QUICK_RETRY = {"max_attempts": 2, "busy_delay_s": 2, "no_answer_delay_s": 2, "voicemail_delay_s": 2,
               "failed_delay_s": 2}


def load(api, path, country="IN"):
    """Uploads a file and waits until it is loaded."""
    return demo.wait_import(api, api.upload("/api/imports", path, {"default_country": country}))


def plan(api, name, imported, concurrency=20, retry=None, **more):
    """A draft; answers its id."""
    return api.post("/api/campaigns", {
        "name": name, "agent_id": demo.pick_agent(api)["id"], "import_id": imported["id"],
        "retry": retry or QUICK_RETRY, "calling_window": None, "concurrency": concurrency,
        "max_call_s": 60, **more})["id"]


def act(api, campaign, action):
    return api.post(f"/api/campaigns/{campaign}/{action}")


class Follower:
    """Follows a campaign through all nodes in turn; a node that does not answer is skipped.
    Each look must show counts that add up to the rows."""

    def __init__(self, apis, campaign):
        self.apis = apis
        self.campaign = campaign
        self.looks = 0
        self.refused = 0
        self.wrong = []
        self.last = None

    def look(self):
        for _ in self.apis:
            api = self.apis[(self.looks + self.refused) % len(self.apis)]
            try:
                now = api.get(f"/api/campaigns/{self.campaign}/progress", timeout=5)
            except (ApiError, OSError):
                self.refused += 1
                continue
            self.looks += 1
            self.last = now
            if sum(now["counts"].values()) != now["rows"]:
                self.wrong.append(f"{now['counts']} of {now['rows']} rows")
            return now
        return None

    def until(self, condition, seconds, pause=0.5):
        """Looks until `condition(progress)` holds; answers the progress, None when time is up."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            now = self.look()
            if now and condition(now):
                return now
            time.sleep(pause)
        return None

    def until_over(self, seconds):
        return self.until(lambda now: now["status"] in OVER, seconds)

    def summary(self):
        if not self.last:
            return "no answer"
        counts = {name: n for name, n in self.last["counts"].items() if n}
        return f"{self.last['status']}, {counts}, outcomes {self.last['outcomes']}, live {self.last['live']}"


def wait_settled(cluster, seconds):
    """Until no call lives in the rows."""
    def settled():
        try:
            return cluster.rows.one("select count(*) from calls where ended_at is null") == 0
        except RuntimeError:  # the database is away
            return False
    return wait_for(settled, seconds)
