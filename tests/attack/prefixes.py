# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests that stop in the middle: every prefix, then an end, a reset, or nothing more."""
import base64
import contextlib
import selectors
import socket
import ssl
import struct
import time

import target

BASIC = "Authorization: Basic " + base64.b64encode(b"nobody-here:wrong").decode()


def golden_requests():
    """What clients send, by name."""
    listing = target.enumerate_request()
    chunked = (b"POST /wsman HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n"
               b"Transfer-Encoding: chunked\r\n\r\n" + f"{len(listing):x}".encode() + b"\r\n" + listing.encode() +
               b"\r\n0\r\n\r\n")
    context = "<n:EnumerationContext>uuid:no-such-context</n:EnumerationContext>"
    return {
        "identify": target.post(target.IDENTIFY),
        "anonymous identify": target.post(target.IDENTIFY, "WSMANIDENTIFY: unauthenticated"),
        "enumerate": target.post(listing),
        "get": target.post(target.envelope("transfer/Get")),
        "pull": target.post(target.envelope("enumeration/Pull", body=f"<n:Pull>{context}</n:Pull>")),
        "release": target.post(target.envelope("enumeration/Release", body=f"<n:Release>{context}</n:Release>")),
        "unknown action": target.post(target.envelope("transfer/Explode")),
        "chunked": chunked,
        "expect": target.post(listing, "Expect: 100-continue"),
        "basic": target.post(listing, BASIC),
        "GET": b"GET /wsman HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "UTF-16": target.post(listing.encode("utf-16")),
    }


def close_with_reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def stop_at_every(agent, request, step, end):
    """Sends prefixes whose lengths are `step` apart, each followed by "fin" or "reset"."""
    for size in range(0, len(request), step):
        connection = agent.connect()
        connection.sendall(request[:size])
        if end == "reset":
            close_with_reset(connection)
            continue
        with contextlib.closing(connection):
            connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(OSError):
                while connection.recv(65536):
                    pass


def left_in_silence(agent, request, sizes, patience):
    """Sends the prefixes at once and no more; returns the sizes of those that the agent has not ended in time."""
    silent = {}
    with selectors.DefaultSelector() as selector:
        for size in sizes:
            connection = agent.connect()
            connection.sendall(request[:size])
            connection.setblocking(False)
            silent[connection] = size
            selector.register(connection, selectors.EVENT_READ)
        until = time.monotonic() + patience
        while silent and time.monotonic() < until:
            for key, _ in selector.select(0.5):
                if has_ended(key.fileobj):
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                    del silent[key.fileobj]
    left = sorted(silent.values())
    for connection in silent:
        connection.close()
    return left


def has_ended(connection):
    try:
        while connection.recv(65536):
            pass
        return True
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return False
    except OSError:
        return True
