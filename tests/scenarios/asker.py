"""A client that asks all the while, as one behind a load balancer does: only nodes that say
they are ready, again at another one when a 503 names a time."""
import collections
import http.client
import json
import threading
import time
import urllib.parse
import uuid

import demo

GIVE_UP_S = 30


class Balancer(threading.Thread):
    """Knows which nodes are ready, from looks twice a second."""

    def __init__(self, urls):
        super().__init__(daemon=True)
        self.urls = urls
        self.ready = list(urls)
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(0.5):
            self.ready = [url for url in list(self.urls) if demo.ready(url)] or list(self.urls)


class Asker(threading.Thread):
    """Reads a campaign's progress and adds contacts in turn, and remembers every odd answer."""

    def __init__(self, balancer, token, campaign):
        super().__init__(daemon=True)
        self.balancer = balancer
        self.token = token
        self.campaign = campaign
        self.over = threading.Event()
        self.statuses = collections.Counter()
        self.acknowledged = []
        self.odd = []
        self.turn = 0

    def run(self):
        number = 0
        while not self.over.wait(0.02):
            self._until_answered("GET", f"/api/campaigns/{self.campaign}/progress")
            number += 1
            made = self._until_answered("POST", "/api/contacts", {"phone": f"+9176{number:08}", "name": f"Asker {number}"})
            if made:
                self.acknowledged.append(made["data"]["id"])

    def _until_answered(self, method, path, body=None):
        key = str(uuid.uuid4())
        deadline = time.monotonic() + GIVE_UP_S
        while time.monotonic() < deadline:
            status, retry_after, text = self._once(method, path, body, key)
            self.statuses[status] += 1
            if status and status < 300:
                return json.loads(text)
            if status == 503 and retry_after is None:
                self.odd.append(f"{method} {path}: 503 without Retry-After")
            elif status not in (0, 503):
                self.odd.append(f"{method} {path}: {status} {text[:200]!r}")
                return None
            time.sleep(min(0.5, float(retry_after or 0.1)))
        self.odd.append(f"{method} {path}: no success within {GIVE_UP_S} s")
        return None

    def _once(self, method, path, body, key):
        """Status, Retry-After and text; status 0 when nobody listens there."""
        ready = self.balancer.ready
        self.turn += 1
        at = urllib.parse.urlsplit(ready[self.turn % len(ready)])
        link = http.client.HTTPConnection(at.hostname, at.port, timeout=20)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = key
        try:
            link.request(method, path, json.dumps(body) if body else None, headers)
            answer = link.getresponse()
            return answer.status, answer.getheader("Retry-After"), answer.read()
        except ConnectionRefusedError:
            return 0, None, b""  # it ended since the last look; nothing was asked
        except (OSError, http.client.HTTPException) as failure:
            self.odd.append(f"{method} {path}: broken off by {at.netloc}: {failure!r}")
            return 0, None, b""
        finally:
            link.close()
