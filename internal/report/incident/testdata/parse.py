"""Says of each command of the AWS CLI, an array of its arguments in a line of JSON, what the CLI
itself and its models of AWS's services refuse. No request is sent."""

import io
import json
import contextlib
import sys

from awscli.clidriver import create_clidriver
from botocore.awsrequest import AWSResponse


def try_one(args):
    """What is wrong with one command, "" if it would have been sent."""
    sent = []

    def stop(request, **_):
        """Answers in the place of AWS, so that nothing leaves the machine."""
        sent.append(request)
        return AWSResponse(request.url, 400, {}, io.BytesIO(b""))

    # One for each: the CLI keeps what a command before it had parsed.
    driver = create_clidriver()
    driver.session.register("before-send.*", stop)
    err = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):
        try:
            driver.main(args)
        except SystemExit:
            pass
    if sent:
        return ""
    return err.getvalue().strip()[-300:] or "nothing was sent"


for line in sys.stdin:
    args = json.loads(line)
    print(json.dumps(try_one(args)))
    sys.stdout.flush()
