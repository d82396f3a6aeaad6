"""A database whose disk is full for a while: its folder is a file system of its own, in
memory, whose size shrinks to what is in use."""
import os
import subprocess

from guard import Guard
from nemesis import Family
from world import Cluster, wait_for

SIZE_MIB = 4096  # taken only as far as it is filled


class ClusterWithDisk(Cluster):
    """The database has a disk of its own, where mounting is allowed."""

    no_disk = None  # why not

    def __enter__(self):
        self.disk = self.state / "postgres"
        self.disk.mkdir()
        self.at_end.callback(Guard(f"umount -l {self.disk}").close)
        self.no_disk = self.resize(SIZE_MIB << 20, "-t", "tmpfs")
        try:
            return super().__enter__()
        except SystemExit:
            self.release()
            raise

    def release(self):
        """The rows of a failed run are evidence and must outlive the disk."""
        kept = self.disk.with_suffix(".kept")
        if self.failed or self.keep:
            subprocess.run(["cp", "-a", str(self.disk), str(kept)], check=False)
        super().release()
        if kept.exists() and not self.no_disk:
            self.disk.rmdir()
            kept.rename(self.disk)

    def resize(self, size, *how):
        """Mounts it, or changes its size in bytes; answers why that failed, or None."""
        target = ["tmpfs", str(self.disk)] if how else [str(self.disk)]
        made = subprocess.run(["mount", *how, "-o", f"{'' if how else 'remount,'}size={size}", *target],
                              capture_output=True, text=True, check=False)
        return made.stderr.strip() if made.returncode else None


class DiskFaults(Family):
    weights = {"fill_disk": 3}

    def missing(self):
        return self.cluster.no_disk and f"cannot mount a disk ({self.cluster.no_disk})"

    def fill_disk(self):
        if not self.nemesis.take("postgres"):
            return None
        seconds = self.dice.uniform(1, 5)
        room = self.dice.choice([0, 64 << 10, 1 << 20])
        now = os.statvfs(self.cluster.disk)
        full = self.cluster.resize((now.f_blocks - now.f_bfree) * now.f_frsize + room)
        self.nemesis.after(seconds, "postgres", self._make_room)
        return not full and f"the database's disk has {room >> 10} KiB left for {seconds:.1f} s"

    def _make_room(self):
        failure = self.cluster.resize(SIZE_MIB << 20)
        if failure:
            raise RuntimeError(f"the disk stays full: {failure}")
        # Without room for its log the server ends, at once or while it recovers.
        if wait_for(lambda: not self.cluster.alive("postgres"), 1, 0.1):
            self.cluster.start_again("postgres")
