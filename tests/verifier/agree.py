#!/usr/bin/env python3
"""Compares the verifier's verdicts with those expected of the cases of a folder: agree.py FOLDER

`histories cases` wrote it: archives, and `cases.json`, which says of each what was done to it, whether it is
sound, and which anchor is known. Leaves with 0 where every verdict agrees.
"""
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import verify


def tried(folder, case):
    """The verdict on a case, what is found, and the seconds it took."""
    began = time.perf_counter()
    anchors = [case["anchor"]] if case["anchor"] else []
    verdict, *findings = verify.judge([str(folder / case["file"]), *anchors])
    return verdict == "conforme", findings, time.perf_counter() - began


def main():
    folder, wrong = Path(sys.argv[1]), 0
    cases = json.loads((folder / "cases.json").read_text())
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(tried, [folder] * len(cases), cases))
    for case, (sound, findings, _) in zip(cases, results):
        if sound != case["sound"]:
            wrong += 1
            print(f"{case['file']}: {case['done']}; sound {case['sound']}, judged {sound}", *findings)
    good, slowest = sum(case["sound"] for case in cases), max(seconds for _, _, seconds in results)
    print(f"{len(cases)} cases, {good} sound: {len(cases) - wrong} agree; the slowest took {slowest:.1f} s")
    return 1 if wrong or not 0 < good < len(cases) else 0


if __name__ == "__main__":
    sys.exit(main())
