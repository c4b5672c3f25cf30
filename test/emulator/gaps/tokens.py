"""Tokens that make a request safe to repeat: moto makes another thing each time.

https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html,
https://docs.aws.amazon.com/ram/latest/APIReference/API_CreateResourceShare.html
"""

import json

from werkzeug import Request, Response

# Answers, by who asked for what with which token.
_answers: dict[tuple[str, ...], Response] = {}


def key(service: str, operation: str, account: str, region: str, request: Request) -> tuple[str, ...]:
    """What two requests have in common that are one, empty for a request without a token."""
    token = ""
    if service == "ec2":
        token = request.form.get("ClientToken", "")
    elif service == "ram":
        body = request.get_data()
        token = json.loads(body).get("clientToken", "") if body else ""
    return (service, operation, account, region, token) if token else ()


def answered(of: tuple[str, ...]) -> "Response | None":
    """The answer to the first request, if that was served."""
    return _answers.get(of)


def remember(of: tuple[str, ...], answer: Response) -> None:
    if of and answer.status_code < 300:
        answer.make_sequence()  # to be sent more than once
        _answers[of] = answer
