"""Says of each command of the AWS CLI, an array of its arguments in a line of JSON, what the CLI
itself and its models of AWS's services refuse. No request is sent."""

import contextlib
import functools
import io
import json
import sys

from awscli.clidriver import create_clidriver
from botocore.awsrequest import AWSResponse

sent = []


def stop(request, **_):
    """Answers in the place of AWS, so that nothing leaves the machine."""
    sent.append(request)
    return AWSResponse(request.url, 400, {}, io.BytesIO(b""))


@functools.cache
def driver(key):
    one = create_clidriver()
    one.session.register("before-send.*", stop)
    return one


def try_one(args):
    """What is wrong with one command, "" if it would have been sent."""
    sent.clear()
    # The CLI keeps what it has parsed of a command of EC2 for the next one: each has its own.
    key = " ".join(args) if args[0] == "ec2" else ""
    err = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):
        try:
            driver(key).main(args)
        except SystemExit:
            pass
    if sent:
        return ""
    return err.getvalue().strip()[-300:] or "nothing was sent"


for line in sys.stdin:
    print(json.dumps(try_one(json.loads(line))))
    sys.stdout.flush()
