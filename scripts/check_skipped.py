"""Fail if a test run left anything out: reads JUnit reports, names each test that was skipped and why."""

import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path


def main(reports: list[str]) -> int:
    left_out = [line for report in reports for line in skipped(Path(report))]
    for line in left_out:
        print(line, file=sys.stderr)
    ran = sum(1 for report in reports for _ in ET.parse(report).iter("testcase"))
    print(f"{ran} tests, {len(left_out)} left out")
    return 1 if left_out or not ran else 0


def skipped(report: Path) -> Iterator[str]:
    for case in ET.parse(report).iter("testcase"):
        for mark in case.iter("skipped"):
            yield f"left out: {case.get('classname')}::{case.get('name')}: {mark.get('message')}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
