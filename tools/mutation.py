"""Counts, by package, which changes of the code the tests have noticed (``make mutation``)."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

from mutmut.mutation.data import SourceFileMutationData
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files

MOST_SURVIVING = 0.10
# A change that makes a loop endless has been noticed too.
NOTICED = ("killed", "timeout", "segfault", "caught by type check")


def main() -> int:
    """Print the figures of the last run; 1 when a package has too many survivors or the run is not complete."""
    packages: dict[str, Counter[str]] = defaultdict(Counter)
    for path in walk_mutatable_files():
        data = SourceFileMutationData(path=path)
        data.load()
        packages[str(path.parent)].update(status_by_exit_code[code] for code in data.exit_code_by_key.values())
    failed = not packages
    for package, found in sorted(packages.items()):
        noticed = sum(found[status] for status in NOTICED)
        rest = found.total() - noticed
        share = rest / max(found.total(), 1)
        others = ", ".join(f"{status} {count}" for status, count in sorted(found.items()) if status not in NOTICED)
        print(f"{package:16} {found.total():5} mutants, killed {noticed:5}, not {rest:4} ({share:.1%}: {others})")
        failed = failed or share > MOST_SURVIVING
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
