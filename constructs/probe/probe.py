#!/usr/bin/env python3
"""Runs the checks in the parameters below a path, and writes one line for each to
a log stream.

    probe.py REGION PATH LOG_GROUP NAME

A line reads `ok` or `FAILED`, the check's name, and what was found. Amazon Linux
brings all that this needs: Python, systemd-resolved and the AWS command line.
"""

import concurrent.futures
import datetime
import ipaddress
import json
import socket
import subprocess
import sys
import tempfile
import time

TIMEOUT = 5  # seconds; an answer within the region takes milliseconds


def resolve(check):
    """The addresses of a name lie in the range where the endpoint is."""
    found = sorted({info[4][0] for info in socket.getaddrinfo(check["host"], None, socket.AF_INET)})
    within = ipaddress.ip_network(check["within"])
    return all(ipaddress.ip_address(a) in within for a in found), " ".join(found)


def zone(check):
    """A zone answers for its name: every zone has a start of authority."""
    asked = subprocess.run(
        ["resolvectl", "query", "--legend=no", "--type=SOA", check["host"]],
        capture_output=True, text=True, timeout=4 * TIMEOUT,
    )
    text = (asked.stdout or asked.stderr).strip().splitlines()
    return asked.returncode == 0, text[0] if text else "no answer"


def answer(host, port):
    try:
        socket.create_connection((host, port), TIMEOUT).close()
        return "connected"
    except ConnectionRefusedError:
        return "refused"
    except (TimeoutError, socket.timeout):
        return "silent"


def connect(check):
    """The other side answers, if only to refuse."""
    found = answer(check["host"], check["port"])
    return found != "silent", found


def silent(check):
    """None of the others answers at all, asked side by side."""
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        found = list(pool.map(lambda host: answer(host, check["port"]), check["hosts"]))
    wrong = [f"{host} {what}" for host, what in zip(check["hosts"], found) if what != "silent"]
    return not wrong, ", ".join(wrong) or "silent"


def line(check):
    try:
        ok, found = {"resolve": resolve, "zone": zone, "connect": connect, "silent": silent}[check["kind"]](check)
    except Exception as error:  # whatever it was, it is this check's result
        ok, found = False, f"{type(error).__name__}: {error}"
    return f"{'ok' if ok else 'FAILED'} {check['name']}: {found}"


def read(region, path):
    """The checks, in the order of their names. The command reads page after page."""
    command = ["aws", "ssm", "get-parameters-by-path", "--region", region, "--path", path, "--output", "json"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)
    parameters = json.loads(listed.stdout)["Parameters"]
    return [json.loads(p["Value"]) for p in sorted(parameters, key=lambda p: p["Name"])]


def write(region, group, name, lines):
    """Puts the lines into the log stream of this day."""
    stream = f"{name}/{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}"
    command = ["aws", "logs", "--region", region]
    target = ["--log-group-name", group, "--log-stream-name", stream]
    # Fails on all but the first run of a day.
    subprocess.run([*command, "create-log-stream", *target], capture_output=True)
    now = int(time.time() * 1000)
    with tempfile.NamedTemporaryFile("w", suffix=".json") as events:
        json.dump([{"timestamp": now, "message": text} for text in lines], events)
        events.flush()
        subprocess.run([*command, "put-log-events", *target, "--log-events", f"file://{events.name}"], check=True)


def main():
    region, path, group, name = sys.argv[1:]
    lines = [line(check) for check in read(region, path)]
    print("\n".join(lines))
    write(region, group, name, lines)


if __name__ == "__main__":
    main()
