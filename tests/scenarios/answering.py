"""Who picks up an outbound call: people, a voicemail, a person behind one, a menu, a screener
and an operator's announcement. The agent leaves its message after the beep, finds its way by
keys, says who calls, and does not talk to those who cannot listen."""
from world import ApiError
import campaigns

LINES = 8
MAX_CALL_S = 60
PEOPLE = [f"+9198123{i:05}" for i in range(22221, 22224)]
VOICEMAIL, MENU, LATE, SCREENER, SWITCHED_OFF = (f"+91981234{end}" for end in ("0004", "0013", "0014", "0015", "0016"))
GOODBYE = "Goodbye"


def scenario(cluster, report):
    api = cluster.sign_in()
    api.patch("/api/tenant", {"concurrent_calls_max": LINES})
    numbers = PEOPLE + [VOICEMAIL, MENU, LATE, SCREENER, SWITCHED_OFF]
    path = cluster.state / "answers.csv"
    path.write_text("phone,name,city,language\n" + "".join(f"{number},Person {i},Pune,en\n" for i, number in enumerate(numbers)))
    imported = campaigns.load(api, path)
    campaign = campaigns.plan(api, "Answers", imported, LINES, max_call_s=MAX_CALL_S, retry={"max_attempts": 1})
    follower = campaigns.Follower([api], campaign)
    campaigns.act(api, campaign, "start")
    report.check(follower.until(lambda now: now["status"] == "completed", 150), "the campaign completes",
                 follower.summary())
    campaigns.wait_settled(cluster, 30)
    report.note(follower.summary())
    calls = {call["to"]: Call(cluster, api, call) for call in api.get(f"/api/calls?campaign_id={campaign}&limit=100")}
    report.equal(len(calls), len(numbers), "everybody was called once")

    for number in PEOPLE:
        report.check(calls[number].picked_up()[-1:] == ["human"] and calls[number].said_by("caller"),
                     "a person is known for one and is talked to", calls[number].events)
    voicemail(report, calls[VOICEMAIL])
    menu(report, calls[MENU])
    late(report, calls[LATE])
    screener(report, calls[SCREENER])
    switched_off(report, calls[SWITCHED_OFF])
    report.equal([refusal(api, calls[MENU], keys) for keys in ("12", "one", "w", "")], [409, 422, 422, 422],
                 "keys for a call that is over, and what are no keys, are refused")
    report.equal(cluster.complaints(), [], "no node complains")
    report.verdicts(cluster.checkers().all())


def refusal(api, call, keys):
    try:
        return api.post(f"/api/calls/{call.row['id']}/actions/dtmf", {"keys": keys})
    except ApiError as refused:
        return refused.status


class Call:
    """What the product and the sandbox say about one call."""

    def __init__(self, cluster, api, row):
        self.row = row
        self.events = api.get(f"/api/calls/{row['id']}/events")
        self.turns = api.get(f"/api/calls/{row['id']}/transcript")
        self.history = [line for line in cluster.history() if line.get("attempt") == row["id"]]

    def told(self, kind):
        return [each["detail"] for each in self.events if each["kind"] == kind]

    def picked_up(self):
        return [each["who"] for each in self.told("answered_by")]

    def said_by(self, role):
        return [turn["text"] for turn in self.turns if turn["role"] == role]

    def heard(self, kind):
        """What the callee took down."""
        return [line["text"] for line in self.history if line["kind"] == kind]

    def length_s(self):
        return next(line["duration_s"] for line in self.history if line["kind"] == "call.end")


def voicemail(report, call):
    report.check(call.picked_up()[-1:] == ["voicemail"], "a voicemail is known for one", call.told("answered_by"))
    message = " ".join(call.heard("callee.message"))
    report.check(message and message.rstrip(".").endswith(GOODBYE), "the whole message is on its tape, from the beep on", message)
    report.equal(call.row["status"], "voicemail", "its row says so")
    report.check(call.length_s() < MAX_CALL_S / 2, "the call ends when the message was heard", call.length_s())


def menu(report, call):
    report.check("menu" in call.picked_up(), "a menu is known for one", call.told("answered_by"))
    report.equal(call.heard("callee.key"), ["1"], "it hears the key that leads on")
    report.check(call.told("keys_pressed") == [{"keys": "1"}], "the timeline has the key", call.told("keys_pressed"))
    report.check(len(call.said_by("caller")) >= 2, "the person behind it is talked to", call.turns)


def late(report, call):
    report.check(call.picked_up()[-2:] == ["voicemail", "human"], "who picks up during the message is a person",
                 call.told("answered_by"))
    report.equal(call.row["status"], "completed", "and the call is no voicemail in the end")
    report.check(any("Hello" in text for text in call.said_by("caller")), "and is talked to", call.turns)


def screener(report, call):
    report.check("screening" in call.picked_up(), "a screener is known for one", call.told("answered_by"))
    report.check(len(call.said_by("caller")) >= 2, "who heard the agent's name comes to the phone", call.turns)


def switched_off(report, call):
    report.check(call.picked_up()[-1:] == ["announcement"], "an operator's announcement is known for one",
                 call.told("answered_by"))
    report.equal(call.row["end_reason"], "not_reached", "the call ends as not reached")
    report.check(call.length_s() < 15, "before it was said twice", call.length_s())


def arguments(brain):
    """Of `main`, for agents with this brain."""
    return {"environment": {"SYSTEM_CONCURRENT_CALLS_LIMIT": str(LINES), "CALY__CALL__ON_VOICEMAIL": "message",
                            "CALY__CALL__BRAIN": brain},
            "arguments": ["--sim-call-seconds", "35-40"]}
