"""Cuts between the nodes of one machine: every node has a loopback address of its own, and nft
drops what goes from one to another."""
import os
import shutil
import subprocess

from guard import Guard


class Firewall:
    """A table of our own in the current network namespace; it goes when we do."""

    def __init__(self, node_names):
        self.addresses = {name: f"127.0.1.{number}" for number, name in enumerate(node_names, 1)}
        self.table = f"inet caly_chaos_{os.getpid()}"
        self.guard = None

    def environment(self, name):
        return {"CALY__CLUSTER__BASP_HOST": self.addresses[name]}

    def open(self):
        """Answers why it cannot be used, or None."""
        if not shutil.which("nft"):
            return "no nft (package nftables)"
        self.guard = Guard(f"nft delete table {self.table}")
        return self._nft(f"""table {self.table} {{
          set cut {{ type ipv4_addr . ipv4_addr; }}
          chain input {{ type filter hook input priority 0; ip saddr . ip daddr @cut drop; }}
        }}""")

    def close(self):
        if self.guard:
            self.guard.close()

    def cut(self, ways):
        """`ways`: pairs of nodes, from and to."""
        self._change("add", ways)

    def heal(self, ways):
        self._change("delete", ways)

    def _change(self, verb, ways):
        pairs = ", ".join(f"{self.addresses[one]} . {self.addresses[other]}" for one, other in ways)
        failure = self._nft(f"{verb} element {self.table} cut {{ {pairs} }}")
        if failure:
            raise RuntimeError(f"nft: {failure}")

    @staticmethod
    def _nft(script):
        made = subprocess.run(["nft", "-f", "-"], input=script, capture_output=True, text=True, check=False)
        return made.stderr.strip().splitlines()[0] if made.returncode else None
