"""Rows of measurements: medians over rounds, ratios, gates."""
import statistics


class Table:
    """One comparison: the same unit of work by Caly, by peers, and by the floor."""

    def __init__(self, title, unit, figures=()):
        self.title = title
        self.unit = unit
        self.figures = list(figures)  # further columns: (key, heading, format)
        self.rounds = {}  # who -> list of rows
        self.notes = []
        self.gates = []
        self.ours = "caly"  # the row that others are compared with

    def add(self, who, facts):
        """`facts`: units, seconds, cpu (name -> ms), anything of `figures`."""
        units = facts["units"]
        if units <= 0:
            self.note(f"{who}: nothing was answered in a measured stretch")
            return
        row = {key: facts[key] for key, _, _ in self.figures if key in facts}
        row["rate"] = units / max(facts["seconds"], 1e-9)
        row["cpu"] = {name: ms / units for name, ms in facts["cpu"].items()}
        row["cpu_ms"] = sum(ms for name, ms in row["cpu"].items() if not name.startswith("("))
        self.rounds.setdefault(who, []).append(row)
        bad = facts.get("bad_answers", 0)
        if bad:
            self.note(f"{who}: {bad} answers were no success")

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)

    def median(self, who):
        rows = self.rounds.get(who)
        if not rows:
            return None
        out = {"rounds": len(rows)}
        for key in rows[0]:
            if key == "cpu":
                out["cpu"] = {name: statistics.median(row["cpu"].get(name, 0) for row in rows) for name in rows[0]["cpu"]}
            else:
                values = [row[key] for row in rows if key in row]
                out[key] = statistics.median(values)
        return out

    def gate(self, text, who, value_of, most=None, least=None):
        """A limit of the project on a figure of `who`; values are medians."""
        row = self.median(who)
        value = value_of(row) if row else None
        if value is None:
            self.gates.append({"gate": text, "value": None, "met": None})
        else:
            met = value <= most if most is not None else value >= least
            self.gates.append({"gate": text, "value": value, "met": met})

    def document(self):
        return {"title": self.title, "unit": self.unit, "notes": self.notes, "gates": self.gates,
                "rows": {who: self.median(who) for who in self.rounds}}

    def show(self):
        print(f"\n== {self.title}")
        rows = {who: self.median(who) for who in self.rounds}
        ours = self.ours
        mine = rows.get(ours)
        if mine:
            for who, row in rows.items():
                if who.startswith(ours):
                    continue
                parts = [f"rate x{mine['rate'] / row['rate']:.2f}"]
                if row["cpu_ms"] > 0:
                    parts.insert(0, f"CPU x{mine['cpu_ms'] / row['cpu_ms']:.2f}")
                parts += [f"{heading} x{mine[key] / row[key]:.2f}" for key, heading, _ in self.figures
                          if key.endswith("p99_ms") and row.get(key) and mine.get(key)]
                print(f"   {ours} / {who:26} {'   '.join(parts)}")
        if rows:
            self._show_figures(rows)
        for gate in self.gates:
            word = {True: "met", False: "MISSED", None: "not measured"}[gate["met"]]
            value = "" if gate["value"] is None else f"  ({gate['value']:.4g})"
            print(f"   gate  {gate['gate']}: {word}{value}")
        for note in self.notes:
            print(f"   note  {note}")

    def _show_figures(self, rows):
        names = list(dict.fromkeys(name for row in rows.values() for name in row["cpu"]))
        headings = [f"{self.unit}/s", f"CPU ms/{self.unit}", *names, *(heading for _, heading, _ in self.figures)]
        widths = [max(10, len(heading) + 2) for heading in headings]
        print(f"   {'':26}{'rounds':>7}" + "".join(f"{text:>{width}}" for text, width in zip(headings, widths)))
        for who, row in rows.items():
            cells = [f"{row['rate']:.0f}" if row["rate"] >= 100 else f"{row['rate']:.2f}", f"{row['cpu_ms']:.4f}",
                     *(f"{row['cpu'][name]:.4f}" if name in row["cpu"] else "-" for name in names),
                     *(format(row[key], shape) if row.get(key) is not None else "-" for key, _, shape in self.figures)]
            print(f"   {who:26}{row['rounds']:>7}" + "".join(f"{text:>{width}}" for text, width in zip(cells, widths)))
