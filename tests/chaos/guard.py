"""What must be undone even when the run itself is killed."""
import subprocess


class Guard:
    """Runs a shell command when it is closed, or when this process has ended in any way: the
    shell waits for the end of a pipe that only we hold."""

    def __init__(self, command):
        self._shell = subprocess.Popen(["sh", "-c", f"cat; {command}"], stdin=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       start_new_session=True)

    def close(self):
        self._shell.stdin.close()
        self._shell.wait()
