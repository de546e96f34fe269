# SPDX-License-Identifier: GPL-2.0-or-later
"""What the compiler and the linker have to do for the released program."""
import re
import subprocess
import unittest

import target

PROGRAM = target.binary("release")


def said(*command):
    return subprocess.run([*command, str(PROGRAM)], capture_output=True, text=True, check=True).stdout


@unittest.skipUnless(PROGRAM, "no release build")
class Binary(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.headers = said("readelf", "-hlW")
        cls.dynamic = said("readelf", "-dW")
        cls.symbols = said("readelf", "--dyn-syms", "-W")

    def test_lies_at_an_address_of_its_own_at_each_start(self):
        self.assertRegex(self.headers, r"Type:\s+DYN")
        self.assertRegex(self.dynamic, r"FLAGS_1.*PIE")

    def test_has_its_relocations_done_and_write_protected_at_the_start(self):
        self.assertIn("GNU_RELRO", self.headers)
        self.assertRegex(self.dynamic, r"BIND_NOW|FLAGS_1.*NOW")

    def test_has_no_executable_stack_and_no_segment_to_write_and_execute(self):
        self.assertRegex(self.headers, r"GNU_STACK.* RW +0x")
        segments = re.findall(r"^\s+\w+\s+0x\S+ 0x\S+ 0x\S+ 0x\S+ 0x\S+ (.{3})", self.headers, re.M)
        self.assertTrue(segments)
        self.assertNotIn("RWE", segments)

    def test_has_stack_canaries_and_checked_calls(self):
        self.assertIn("__stack_chk_fail", self.symbols)
        checked = set(re.findall(r"__(\w+)_chk@", self.symbols)) - {"stack"}
        self.assertGreaterEqual(len(checked), 3, checked)

    def test_marks_indirect_jumps_and_probes_large_frames(self):
        code = subprocess.Popen(["objdump", "-d", "--no-show-raw-insn", str(PROGRAM)], stdout=subprocess.PIPE, text=True)
        marks = probes = 0
        for line in code.stdout:
            marks += "endbr64" in line
            probes += bool(re.search(r"or[ql]\s+\$0x0,(0x[0-9a-f]+)?\(%rsp", line))
        self.assertEqual(code.wait(), 0)
        self.assertGreater(marks, 1000)
        self.assertGreater(probes, 3)

    def test_needs_nothing_of_the_host_but_libc_and_pam(self):
        needed = set(re.findall(r"NEEDED.*\[(.*?)\.so", self.dynamic))
        self.assertLessEqual(needed, {"libc", "libm", "libpam", "ld-linux-x86-64"})
        self.assertNotRegex(self.dynamic, r"R(UN)?PATH")


if __name__ == "__main__":
    unittest.main()
