"""A provider that fails, and webhooks that get lost, doubled, reordered and late."""
import json
import urllib.request

from nemesis import Family

# As far away as a real provider: what dies then dies with calls on the wire.
ORDINARY = {"latency_ms": 150}


class ProviderFaults(Family):
    weights = {"provider_fails": 8, "webhooks_fail": 6, "provider_goes_silent": 6}

    def __init__(self, cluster):
        super().__init__(cluster)
        self._ask_sandbox("POST", ORDINARY)

    def provider_fails(self):
        return self._fault(self.dice.choice([
            {"rate_429": 0.5}, {"rate_500": 0.3}, {"rate_reset": 0.3}, {"rate_accept_then_timeout": 0.3},
            {"latency_ms": 800}, {"rate_malformed": 0.3}]))

    def webhooks_fail(self):
        return self._fault({"webhook": self.dice.choice([
            {"lose": 0.3}, {"duplicate": 0.5}, {"reorder": 0.5}, {"delay_ms_max": 3000}])})

    def provider_goes_silent(self):
        """Calls are taken, and nobody is told: only asking finds out."""
        return self._fault({"rate_accept_then_timeout": 0.8, "webhook": {"lose": 0.9}})

    def _fault(self, what):
        if not self.nemesis.take("provider"):
            return None
        seconds = self.dice.uniform(1, 5)
        self._ask_sandbox("POST", what)
        self.nemesis.after(seconds, "provider", self._ordinary)
        return f"provider: {json.dumps(what)} for {seconds:.1f} s"

    def _ordinary(self):
        self._ask_sandbox("DELETE")
        self._ask_sandbox("POST", ORDINARY)

    def _ask_sandbox(self, method, body=None):
        request = urllib.request.Request(self.cluster.endpoints["sim_admin"] + "/faults", method=method,
                                         data=json.dumps(body).encode() if body else None)
        urllib.request.urlopen(request, timeout=10).read()
