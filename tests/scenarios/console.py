"""`caly console -o json` against one cluster."""
import json
import subprocess

from world import root


class Console:
    def __init__(self, cluster):
        self.command = [str(root / "build" / "release" / "bin" / "caly"), "console", "--state",
                        str(cluster.state), "-o", "json"]

    def run(self, *lines):
        """Exit code and the parsed answer of the last line."""
        command = self.command + [part for line in lines for part in ("-c", line)]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=40)
        answers = []
        for line in ended.stdout.splitlines():
            try:
                answers.append(json.loads(line))
            except ValueError:
                answers.append(line)
        return ended.returncode, answers

    def rows(self, line):
        """The answer as a list of rows; empty when the line failed."""
        code, answers = self.run(line)
        found = answers[0] if code == 0 and answers else []
        return found if isinstance(found, list) else [found]
