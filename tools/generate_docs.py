"""Write docs/rules.md, docs/data-dictionary.md and docs/roles.md from the code they describe.

    .venv/bin/python -m tools.generate_docs            # write all
    .venv/bin/python -m tools.generate_docs --check    # 1 when one is out of date

A test compares the files with what this module writes (tests/tools/test_generated_docs.py).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tools import steps
from tools.dictionary_page import dictionary_page
from tools.roles_page import roles_page
from tools.rules_page import rules_page

COMMAND = ".venv/bin/python -m tools.generate_docs"
NOTE = f"<!-- Written by code; do not edit. After a change of the code: {COMMAND} -->"

PAGES: Mapping[str, Callable[[str], str]] = {
    "docs/rules.md": rules_page,
    "docs/data-dictionary.md": dictionary_page,
    "docs/roles.md": roles_page,
}


def outdated(root: Path = steps.ROOT) -> list[str]:
    """The pages whose file is missing or differs from what the code says."""
    return [name for name, write in PAGES.items() if _text_of(root / name) != write(NOTE)]


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def write_pages(root: Path = steps.ROOT) -> list[str]:
    """Write what is out of date; gives the names of the files written."""
    names = outdated(root)
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(PAGES[name](NOTE), encoding="utf-8", newline="\n")
    return names


def main() -> int:
    """Write the pages, or with --check only say which are out of date."""
    parser = argparse.ArgumentParser(description="Write the pages that are generated from code.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when out of date")
    only_check: bool = parser.parse_args().check
    _start_django()
    names = outdated() if only_check else write_pages()
    for name in names:
        steps.say(f"{name}: {'out of date' if only_check else 'written'}")
    if only_check and names:
        steps.say(f"Write them with: {COMMAND}")
    return 1 if only_check and names else 0


def _start_django() -> None:
    """Django's settings suffice; no database is opened."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mrtrack.settings")
    os.environ.setdefault("MRTRACK_DEBUG", "1")
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
