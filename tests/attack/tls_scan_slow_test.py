# SPDX-License-Identifier: GPL-2.0-or-later
"""What testssl.sh and sslscan find in the agent's TLS."""
import json
import re
import shutil
import subprocess
import unittest

import target

# Findings that are as they should be: the authority is a private one that publishes no list yet (docs/security.md);
# headers are for browsers; the client chooses among ciphers of which none is weak; the certificate was made for this
# run and lasts for a month; the scanner's own OpenSSL has no engines.
EXPECTED = {"cert_expirationStatus", "cert_notAfter", "engine_problem", "cert_chain_of_trust", "cert_chain_of_trust <hostCert#1>", "cert_revocation", "cert_crlDistributionPoints",
            "HSTS", "security_headers", "cipher_order", "cipher_order-tls1_2", "cipher_order-tls1_3"}
HARMLESS = {"OK", "INFO", "LOW", "DEBUG"}
CIPHERS = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305",
           "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
           "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}
GROUPS = {"x25519", "secp256r1 (NIST P-256)", "secp384r1 (NIST P-384)"}


class TlsScan(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # A scanner is a crowd of connections that never log in.
        limits = 'connections_per_source = 256\nunauthenticated = "off"\npenalties = false'
        cls.agent = target.Target(target.binary("release") or target.binary(), limits)
        cls.addClassCleanup(cls.agent.stop)

    @unittest.skipUnless(shutil.which("testssl"), "testssl.sh is not installed")
    def test_testssl_finds_nothing_above_low_that_is_not_expected(self):
        report = self.agent.folder / "testssl.json"
        subprocess.run(["testssl", "--nodns", "none", "--ip", "127.0.0.1", "--openssl-timeout", "5", "--warnings", "off",
                        "--color", "0", "--jsonfile", str(report), f"localhost:{self.agent.port}"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=1200, check=False)
        findings = json.loads(report.read_text())
        self.assertGreater(len(findings), 100, "it has looked at something")
        bad = [f"{each['severity']} {each['id']}: {each['finding']}" for each in findings
               if each["severity"] not in HARMLESS and each["id"] not in EXPECTED]
        self.assertEqual(bad, [])
        self.assertTrue(self.agent.is_well())

    @unittest.skipUnless(shutil.which("sslscan"), "sslscan is not installed")
    def test_sslscan_sees_two_versions_strong_ciphers_and_nothing_else(self):
        done = subprocess.run(["sslscan", "--no-colour", "--ipv4", f"localhost:{self.agent.port}"], capture_output=True,
                              text=True, timeout=300, check=True)
        versions = dict(re.findall(r"^((?:SSL|TLS)v[\d.]+)\s+(enabled|disabled)$", done.stdout, re.M))
        self.assertEqual({name for name, state in versions.items() if state == "enabled"}, {"TLSv1.2", "TLSv1.3"})
        self.assertEqual(len(versions), 6)
        ciphers = set(re.findall(r"^(?:Accepted|Preferred)\s+TLSv\S+\s+\d+ bits\s+(\S+)", done.stdout, re.M))
        self.assertTrue(ciphers)
        self.assertLessEqual(ciphers, CIPHERS)
        groups = set(re.findall(r"^TLSv\S+\s+\d+ bits\s+(x\d+|secp\S+ \(.*?\)|sect\S+.*|brainpool\S+)$", done.stdout, re.M))
        self.assertTrue(groups)
        self.assertLessEqual(groups, GROUPS)
        for line in ("supports TLS Fallback SCSV", "Session renegotiation not supported"):
            self.assertIn(line, done.stdout)
        self.assertNotIn("Compression enabled", done.stdout)
        heartbleed = re.findall(r"^TLSv\S+ (.*vulnerable to heartbleed)", done.stdout, re.M)
        self.assertTrue(heartbleed)
        self.assertEqual(set(heartbleed), {"not vulnerable to heartbleed"})


if __name__ == "__main__":
    unittest.main()
