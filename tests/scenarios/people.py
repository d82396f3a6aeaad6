"""Files of contacts whose fate is known beforehand."""
import collections
import csv
import io
import random

# Last four digits of a number -> who picks up, see tests/simulators/README.md.
CALLEES = {"busy": "0002", "no_answer": "0003", "voicemail": "0004", "refused": "0005", "ambiguous": "0006",
           "server_error": "0007", "hangs_up": "0008", "silent": "0009", "do_not_call": "0011"}
SHARES = {"busy": 30, "no_answer": 15, "voicemail": 20, "refused": 20, "ambiguous": 20, "server_error": 20,
          "hangs_up": 30, "do_not_call": 5, "bad": 80, "duplicate": 80}  # of 1,000 rows
BAD_NUMBERS = ["", "abc", "12345", "+9198765", "98765432101234567890", "0000000000", "n/a", "+91 12",
               "12-34-56", "--"]
NAMES = ["Asha Rao", "Vikram \"Vik\" Singh", "Meera, Jr.", "राहुल शर्मा", "O'Brien", "José", "Line\nBreak", "Zoë"]
CITIES = ["Pune", "Delhi", "Bengaluru", "Navi Mumbai", "Chennai"]


class File:
    """A CSV and what has to become of its rows."""

    def __init__(self, text, rows, fates, numbers):
        self.text = text
        self.rows = rows
        self.fates = fates      # kind -> number of rows of the file
        self.numbers = numbers  # kind -> E.164 numbers

    @property
    def people(self):
        return sum(len(each) for each in self.numbers.values())

    def save(self, path):
        path.write_text(self.text, encoding="utf-8")
        return path


def spelled(number, dice):
    """One of the ways in which people write +91 98765 43210."""
    local = number[3:]
    return dice.choice([local, number, "0091" + local, f"+91 {local[:5]} {local[5:]}", f"0{local}",
                        f"{local[:5]}-{local[5:]}",
                        f"91{local}", f"({local[:5]}) {local[5:]}"])


def mixed(seed, rows, shares=None):
    """`rows` rows of good, bad and duplicate numbers in an order that the seed decides."""
    dice = random.Random(seed)
    shares = SHARES if shares is None else shares
    counts = {kind: max(1, round(share * rows / 1000)) for kind, share in shares.items()}
    counts["talks"] = rows - sum(counts.values())
    numbers = collections.defaultdict(list)
    used = set()
    for kind in [*CALLEES, "talks"]:
        while len(numbers[kind]) < counts.get(kind, 0):
            ending = CALLEES.get(kind) or f"{dice.randrange(1000, 10000)}"
            number = f"+9198{dice.randrange(10000):04}{ending}"
            if number not in used:
                used.add(number)
                numbers[kind].append(number)
    good = [number for each in numbers.values() for number in each]
    lines = [(number, spelled(number, dice)) for number in good]
    dice.shuffle(lines)
    # A duplicate is the later of two rows, so it goes behind its original.
    for _ in range(counts.get("duplicate", 0)):
        at = dice.randrange(len(lines))
        number = lines[at][0]
        lines.insert(dice.randrange(at + 1, len(lines) + 1), (number, spelled(number, dice)))
    for _ in range(counts.get("bad", 0)):
        lines.insert(dice.randrange(len(lines) + 1), (None, dice.choice(BAD_NUMBERS)))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Customer Name", "Mobile No", "City", "Order"])
    for i, (_, cell) in enumerate(lines):
        writer.writerow([dice.choice(NAMES), cell, dice.choice(CITIES), f"A-{i}"])
    fates = {"imported": len(good), "duplicate_in_file": counts.get("duplicate", 0),
             "invalid": counts.get("bad", 0)}
    return File(out.getvalue(), len(lines), fates, dict(numbers))


def plain(seed, count, kind="talks"):
    """`count` people of one kind, each once."""
    only = {kind: 1000} if kind != "talks" else {}
    made = mixed(seed, count, only)
    return made
