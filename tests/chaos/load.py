"""What tenants do while everything breaks: upload, dial, pay, add people. Whoever gets no
answer asks again under the same idempotency key, at another node, as a careful client
would; what was acknowledged is remembered."""
import threading
import time
import uuid

from world import Api, ApiError
import people

OVER = ("completed", "stopped")
GIVE_UP_S = 90
RETRY = {"max_attempts": 2, "busy_delay_s": 1, "no_answer_delay_s": 1, "voicemail_delay_s": 1, "failed_delay_s": 1}
SHARES = {"busy": 200, "ambiguous": 30, "refused": 20, "hangs_up": 40, "server_error": 20, "voicemail": 20,
          "bad": 20, "duplicate": 20}


class Stopped(Exception):
    """No answer for too long; the faults should have ended by then."""


class Tenant(threading.Thread):
    """One tenant's operator. Runs campaign after campaign until told to stop."""

    def __init__(self, cluster, number, lines, rows, dice):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.number = number
        self.lines = lines
        self.rows = rows
        self.dice = dice
        self.canary = f"canary-{uuid.UUID(int=dice.getrandbits(128))}"
        self.session = None
        self.over = threading.Event()
        self.acknowledged = {"imports": [], "call_campaigns": [], "contacts": [], "topups": []}
        self.campaigns = 0
        self.asked_again = 0
        self.odd = []

    @property
    def row_id(self):
        """The tenant's id as the rows have it."""
        return self.session["user"]["tenant_id"] if self.session else None

    # -- one request, until it is answered

    def ask(self, method, path, body=None, key=None, upload=None):
        deadline = time.monotonic() + GIVE_UP_S
        headers = {"Idempotency-Key": key or str(uuid.uuid4())} if method == "POST" else {}
        last = None
        while True:
            api = Api(self.dice.choice(self.cluster.urls))
            api.token = self.session and self.session["token"]
            try:
                if upload:
                    answer = api.upload("/api/imports", upload, {"default_country": "IN"})
                else:
                    answer = api.call(method, path, body, headers=headers, timeout=10)["data"]
                self._look_for_others(answer)
                return answer
            except ApiError as failure:
                last = failure
                if failure.status == 401 and self.session:
                    self._sign_in()
                elif failure.code != "idempotency_running" and failure.status not in (429, 502, 503, 504):
                    if failure.status != 409:  # those the caller judges
                        self.odd.append(f"{method} {path}: {failure}")
                    raise
            except (OSError, ValueError) as failure:
                last = failure  # the node is gone; whether it took the request is not known
            self.asked_again += 1
            if time.monotonic() > deadline:
                raise Stopped(f"{method} {path}: {last!r}")
            time.sleep(0.3)

    def _look_for_others(self, answer):
        text = str(answer)
        for other in self.others:
            if other.canary in text:
                self.odd.append(f"tenant {self.number} was shown what belongs to tenant {other.number}")

    def _sign_in(self):
        who = {"email": f"chaos{self.number}@caly.example", "password": "correct horse 42 battery"}
        token, self.session = self.session, None
        self.session = self.ask("POST", "/api/auth/login" if token else "/api/auth/register",
                                who if token else {**who, "tenant_name": self.canary}, key=f"enter-{self.number}")

    # -- what it does

    def run(self):
        try:
            self._sign_in()
            self.ask("PATCH", "/api/tenant", {"concurrent_calls_max": self.lines})
            agent = self.ask("GET", "/api/agents")[0]["id"]
            while not self.over.is_set():
                self._campaign(agent)
        except (Stopped, ApiError) as failure:
            self.odd.append(f"tenant {self.number} gave up: {failure}")

    def _campaign(self, agent):
        self.campaigns += 1
        file = self._file()
        imported = self._import(file)
        self.acknowledged["imports"].append(imported["id"])
        if imported["status"] != "completed":
            self.odd.append(f"import {imported['id']} {imported['status']}: {imported['error']}")
            return
        campaign = self.ask("POST", "/api/campaigns", {
            "name": f"{self.canary} {self.campaigns}", "agent_id": agent, "import_id": imported["id"],
            "retry": RETRY, "calling_window": None, "concurrency": self.lines, "max_call_s": 60})["id"]
        self.acknowledged["call_campaigns"].append(campaign)
        self._act(campaign, "start")
        self._follow(campaign)

    def _import(self, file):
        """The same file again when its node died over it."""
        for _ in range(10):
            imported = self.ask("POST", "/api/imports", upload=file)
            deadline = time.monotonic() + GIVE_UP_S
            while imported["status"] == "processing" and time.monotonic() < deadline:
                time.sleep(0.2)
                imported = self.ask("GET", f"/api/imports/{imported['id']}")
            if (imported.get("error") or {}).get("code") != "E_INTERRUPTED":
                break
        return imported

    def _act(self, campaign, action):
        try:
            self.ask("POST", f"/api/campaigns/{campaign}/{action}")
        except ApiError as failure:
            # It was done the first time, whose answer was lost.
            if failure.status != 409:
                raise

    def _follow(self, campaign):
        while True:
            now = self.ask("GET", f"/api/campaigns/{campaign}/progress")
            if sum(now["counts"].values()) != now["rows"]:
                self.odd.append(f"campaign {campaign}: {now['counts']} of {now['rows']} rows")
            if now["status"] in OVER:
                return
            if now["status"] == "paused":  # the breaker, because of our faults
                self._act(campaign, "resume")
            self._write()
            time.sleep(0.5)

    def _write(self):
        phone = f"+9177{self.number}{self.dice.randrange(10 ** 7):07}"
        try:
            made = self.ask("POST", "/api/contacts", {"phone": phone, "name": self.canary})
            self.acknowledged["contacts"].append(made["id"])
        except ApiError as failure:
            if failure.status != 409:  # the number was drawn before
                raise
        reference = f"invoice-{uuid.UUID(int=self.dice.getrandbits(128))}"
        self.ask("POST", "/api/billing/topup", {"amount_micros": 1_000_000, "reference": reference})
        self.acknowledged["topups"].append(reference)

    def _file(self):
        made = people.mixed(seed=self.dice.getrandbits(32), rows=self.rows, shares=SHARES)
        path = self.cluster.state / f"tenant{self.number}-{self.campaigns}.csv"
        path.write_text(made.text.replace("Asha Rao", self.canary), encoding="utf-8")
        return path


def lost(cluster, tenants):
    """What was acknowledged and is not there."""
    found = []
    for tenant in tenants:
        for table in ("imports", "call_campaigns", "contacts"):
            ids = {each["id"] for each in cluster.rows.ask(f"select replace(id::text, '-', '') as id from {table}")}
            found += [f"{each} of tenant {tenant.number}" for each in tenant.acknowledged[table]
                      if each.rsplit("_", 1)[-1] not in ids]
        paid = [each["key"] for each in cluster.rows.ask("select key from ledger where kind = 'topup'")]
        found += [f"payment {each} of tenant {tenant.number} was credited {n} times"
                  for each in tenant.acknowledged["topups"]
                  if (n := sum(1 for key in paid if key.endswith(each))) != 1]
    return found
