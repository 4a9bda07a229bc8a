"""`make drill`: the tests that take too long for every day."""

import subprocess
import sys

from tools import steps

NO_TESTS = 5  # pytest's exit code when nothing was selected


def main() -> int:
    """Run what is marked `drill`."""
    command = [sys.executable, "-m", "pytest", "-m", "drill", *sys.argv[1:]]
    code = subprocess.run(command, cwd=steps.ROOT, check=False).returncode
    if code == NO_TESTS:
        steps.say("No test is marked as a drill yet.")
        return 0
    return code


if __name__ == "__main__":
    sys.exit(main())
