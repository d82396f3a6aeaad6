"""`caly console -o json` against one cluster, or one node of it; and the same over HTTP."""
import json
import subprocess
import urllib.error
import urllib.request

from world import root


class Console:
    def __init__(self, cluster, node=None):
        """`node` counts from 1; None: the first that answers."""
        self.command = [str(root / "build" / "release" / "bin" / "caly"), "console", "-o", "json"]
        if node is None:
            self.command += ["--state", str(cluster.state)]
        else:
            token = cluster.state / "console-token"
            token.touch(mode=0o600)
            token.write_text(cluster.endpoints["admin_token"])
            self.command += ["--connect", cluster.endpoints["console"][node - 1], "--token-file", str(token)]

    def run(self, *lines):
        """Exit code and the parsed answers of the lines."""
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
        """The answer as a list of rows; empty when the line failed. Commands that judge exit
        with 1 and answer all the same."""
        code, answers = self.run(line)
        found = answers[0] if code in (0, 1) and answers else []
        return found if isinstance(found, list) else [found]

    def act(self, level, *lines):
        """Runs lines at a level; the exit code and the last answer as text."""
        code, answers = self.run(f'elevate {level} --reason "scenario"', *lines)
        return code, json.dumps(answers[-1]) if answers else ""


def post_console(url, body, token=None, raw=None):
    """Status and parsed answer of `POST /admin/console`."""
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    data = raw if raw is not None else json.dumps({"v": 1, "id": 1, **body}).encode()
    request = urllib.request.Request(url + "/admin/console", data=data, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read() or b"null")
