"""Which files of the repository a check looks at."""
import pathlib
import subprocess

root = pathlib.Path(__file__).resolve().parents[2]


def git(*words):
    """Output lines of a git command; none when this is no git work tree."""
    made = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)
    return made.stdout.splitlines() if made.returncode == 0 else []


NEVER_COMMITTED = {"build", "node_modules", "dist", ".state", ".git", "__pycache__"}


def all_files():
    """Every file that is or would be committed, as paths relative to the root."""
    found = git("ls-files", "--cached", "--others", "--exclude-standard")
    if not found:  # an unpacked archive
        found = [path.relative_to(root).as_posix() for path in root.rglob("*")
                 if not NEVER_COMMITTED.intersection(path.relative_to(root).parts)]
    return sorted(name for name in set(found) if (root / name).is_file())


def changed_files():
    """Files that differ from where this branch left the main line; on it, from the last commit."""
    base = (git("merge-base", "HEAD", "origin/main") or ["HEAD"])[0]
    if base == (git("rev-parse", "HEAD") or [""])[0]:
        base = "HEAD"
    found = git("diff", "--name-only", base) + git("ls-files", "--others", "--exclude-standard")
    return sorted(name for name in set(found) if (root / name).is_file())


def with_endings(names, *endings):
    return [name for name in names if name.endswith(endings)]


def text_of(name):
    """The file's text, or None when it is not text."""
    try:
        return (root / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
