#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Attacks a muster-agent on loopback, and fails when it gives way.

usage: run.py AGENT [--release AGENT] [--full] [NAME...]

  AGENT      the program to attack, with sanitizers if you like
  --release  the program whose figures and flags count; without it those attacks are left out
  --full     also the long attacks (X_slow_test.py)
  NAME       only files that begin so, as in: prefixes"""
import os
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent


def main():
    words = sys.argv[1:]
    full = "--full" in words and not words.remove("--full")
    if "--release" in words:
        at = words.index("--release")
        os.environ["MUSTER_RELEASE_AGENT"] = words[at + 1]
        del words[at:at + 2]
    if not words or words[0].startswith("-"):
        print(__doc__)
        return 2
    os.environ["MUSTER_AGENT"] = words.pop(0)
    sys.path.insert(0, str(HERE))
    files = sorted(file.stem for file in HERE.glob("*_test.py")
                   if (full or not file.stem.endswith("_slow_test")) and
                   (not words or any(file.stem.startswith(word) for word in words)))
    suite = unittest.defaultTestLoader.loadTestsFromNames(files)
    return 0 if unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
