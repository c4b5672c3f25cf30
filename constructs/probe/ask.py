#!/usr/bin/env python3
"""The program of a probe that asks services too: it does the checks of probe.py,
and one kind more.

    ask.py REGION PATH LOG_GROUP NAME

It is a file of its own, so that the probes which ask nobody have the same user data
with it and without.
"""

import http.client
import signal
import socket
import ssl
import sys

import probe

LONGEST = 15  # seconds that an answer may take, however slowly it comes


def ask(check):
    """Whoever answers by HTTPS has a certificate for the host, and the right status."""
    lowest, highest = check["statuses"]
    try:
        plain = socket.create_connection((check.get("address", check["host"]), check["port"]), probe.TIMEOUT)
    except ConnectionRefusedError:
        return False, "refused"
    except (TimeoutError, socket.timeout):
        return False, "silent"
    with plain, ssl.create_default_context().wrap_socket(plain, server_hostname=check["host"]) as secure:
        connection = http.client.HTTPConnection(check["host"])
        connection.sock = secure
        # Rules of web ACLs refuse who does not say what they are.
        connection.request("GET", check["path"], headers={"User-Agent": "probe", "Connection": "close"})
        status = connection.getresponse().status
    wanted = str(lowest) if lowest == highest else f"{lowest} to {highest}"
    return (True, str(status)) if lowest <= status <= highest else (False, f"{status}, want {wanted}")


def late(*_):
    raise TimeoutError(f"no answer in {LONGEST} seconds")


def line(check):
    if check["kind"] != "ask":
        return probe.line(check)
    signal.alarm(LONGEST)
    try:
        ok, found = ask(check)
    except Exception as error:  # whatever it was, it is this check's result
        ok, found = False, f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
    return f"{'ok' if ok else 'FAILED'} {check['name']}: {found}"


def main():
    signal.signal(signal.SIGALRM, late)
    region, path, group, name = sys.argv[1:]
    lines = [line(check) for check in probe.read(region, path)]
    print("\n".join(lines))
    probe.write(region, group, name, lines)


if __name__ == "__main__":
    main()
