"""Tests that are new or gone, against those that there were before."""
from typing import Any

from autodevelop.results.facts import Facts


def compare_tests(facts: Facts, known: Any) -> tuple[Facts, Any]:
    """Mark which tests are new, and list those that are gone.

    Only where the same cells left tests: others may have just not run.

    known: what this returned the last time, as JSON keeps it; None if there
        is nothing.

    Returns what is to be kept as well.
    """
    sessions = sorted(each.cell.session for each in facts.found
                      if each.suites.tests)
    tests = sorted(test.name for test in facts.tests)
    if not known or known[0] != sessions:
        before = tests
    else:  # The same again is still compared with what was before it.
        before = known[2] if known[1] == tests else known[1]
    old = {*before}
    return facts._replace(
        tests=[test._replace(new=test.name not in old)
               for test in facts.tests],
        gone=sorted(old.difference(tests))), [sessions, tests, before]
