"""Waiting times and sizes of one kind of event, and the limits set for them."""
import statistics


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


class Figures:
    """Shown and kept like a `Table`, for what has no rate and no CPU of its own."""

    def __init__(self, title):
        self.title = title
        self.rows = {}
        self.notes = []
        self.gates = []

    def times(self, what, seconds):
        """Many measurements of one waiting time."""
        if not seconds:
            self.note(f"{what}: nothing was measured")
            return
        self.rows[what] = {"n": len(seconds), "p50_s": statistics.median(seconds),
                           "p95_s": percentile(seconds, 0.95), "max_s": max(seconds)}

    def value(self, what, value, unit):
        self.rows[what] = {"value": value, "unit": unit}

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)

    def gate(self, text, what, key, most=None, least=None):
        value = self.rows.get(what, {}).get(key)
        met = None if value is None else value <= most if most is not None else value >= least
        self.gates.append({"gate": text, "value": value, "met": met})

    def document(self):
        return {"title": self.title, "rows": self.rows, "gates": self.gates, "notes": self.notes}

    def show(self):
        print(f"\n== {self.title}")
        for what, row in self.rows.items():
            if "value" in row:
                print(f"   {what:52} {row['value']:10.4g} {row['unit']}")
            else:
                print(f"   {what:52} p50 {row['p50_s']:.2f} s   p95 {row['p95_s']:.2f} s   max {row['max_s']:.2f} s"
                      f"   of {row['n']}")
        for gate in self.gates:
            word = {True: "met", False: "MISSED", None: "not measured"}[gate["met"]]
            value = "" if gate["value"] is None else f"  ({gate['value']:.4g})"
            print(f"   gate  {gate['gate']}: {word}{value}")
        for note in self.notes:
            print(f"   note  {note}")
