"""Amazon S3."""

import json
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from .filler import instead_of
from .policy import admits


@instead_of(FakeBucket, "_log_permissions_enabled_policy")
def _(moto: Any, target_bucket: Any, target_prefix: "str | None") -> bool:
    """moto reads policies whose statement names one service and one resource, without lists.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html#grant-log-delivery-permissions-general
    """
    if not target_bucket.policy:
        return False
    resource = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}log"
    policy = json.loads(target_bucket.policy.decode())
    # Which bucket's logs, moto does not say here: the conditions about it are not asked.
    allowing = [{k: v for k, v in s.items() if k != "Condition"} for s in policy["Statement"] if s["Effect"] == "Allow"]
    return admits({"Statement": allowing}, "Service", {"logging.s3.amazonaws.com"}, "s3:PutObject", {}, resource)


@instead_of(FakeBucket, "get_permission")
def _(moto: Any, self: FakeBucket, action: str, resource: str) -> PermissionResult:
    """moto leaves out conditions, and takes a bucket that refuses whoever comes without TLS for one that refuses all.
    What is asked here comes with TLS, as far as policies see, and a statement with another condition is not asked.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html#example-bucket-policies-HTTP-HTTPS
    """
    for statement in json.loads(self.policy)["Statement"] if self.policy else []:
        everybody = statement.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        if statement["Effect"] == "Deny" and everybody and "Condition" not in statement:
            if admits({"Statement": [{**statement, "Effect": "Allow", "Principal": {"AWS": "*"}}]}, "AWS", {"*"}, action, {}, resource):
                return PermissionResult.DENIED
    return PermissionResult.NEUTRAL
