"""Buckets that services write into: they look first whether its policy lets them. moto takes any bucket, so that a stack which does not
wait for the policy, or an account that the policy does not name, would not be noticed.
"""

import json
from typing import Any

from moto.cloudtrail.models import CloudTrailBackend
from moto.config.models import ConfigBackend
from moto.ec2.models.flow_logs import FlowLogsBackend
from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

from .filler import Failure, instead_of
from .organizations import organization_of
from .policy import admits


def lets(bucket: Any, service: str, account: str, source: str, path: str) -> bool:
    """Whether a bucket's policy lets a service write for an account. What it writes is its owner's, and comes with TLS."""
    if not bucket.policy:
        return False
    organization = organization_of(account)
    context = {"aws:SourceAccount": account, "aws:SourceArn": source, "aws:SecureTransport": "true"}
    if organization:
        context["aws:SourceOrgID"] = organization.org.id
    policy, arn = json.loads(bucket.policy), f"arn:{bucket.partition}:s3:::{bucket.name}"
    return admits(policy, "Service", {service}, "s3:GetBucketAcl", context, arn) and admits(
        policy, "Service", {service}, "s3:PutObject", {**context, "s3:x-amz-acl": "bucket-owner-full-control"}, f"{arn}/{path}")


def owner(bucket: str) -> str:
    return s3_backends.bucket_accounts.get(bucket, ("", ""))[1]


def looked(backend: Any, name: str, bucket: str, prefix: "str | None", whole: bool) -> None:
    """What CloudTrail asks of a trail's bucket:
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    account, source = backend.account_id, f"arn:{backend.partition}:cloudtrail:{backend.region_name}:{backend.account_id}:trail/{name}"
    try:
        into = s3_backends[account][backend.partition].get_bucket(bucket)
    except MissingBucket:
        raise Failure("S3BucketDoesNotExistException", f"S3 bucket {bucket} does not exist!")
    written = [account] + ([organization_of(account).org.id] if whole else [])
    for part in written:
        path = "/".join(filter(None, [prefix, "AWSLogs", part, "CloudTrail", "log"]))
        if not lets(into, "cloudtrail.amazonaws.com", account, source, path):
            raise Failure("InsufficientS3BucketPolicyException", f"Incorrect S3 bucket policy is detected for bucket: {bucket}")


@instead_of(CloudTrailBackend, "create_trail")
def _(moto: Any, self: Any, name: str, bucket_name: str, s3_key_prefix: str, *arguments: Any, **named: Any) -> Any:
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html"""
    made = moto(self, name, bucket_name, s3_key_prefix, *arguments, **named)
    try:
        looked(self, made.trail_name, bucket_name, s3_key_prefix, made.is_org_trail)
    except Failure:
        del self.trails[made.trail_name]
        raise
    return made


@instead_of(CloudTrailBackend, "update_trail")
def _(moto: Any, self: Any, name: str, s3_bucket_name: str, s3_key_prefix: str, **named: Any) -> Any:
    trail = self.get_trail(name_or_arn=name)
    looked(self, trail.trail_name, s3_bucket_name or trail.bucket_name, s3_key_prefix or trail.s3_key_prefix, trail.is_org_trail)
    return moto(self, name=name, s3_bucket_name=s3_bucket_name, s3_key_prefix=s3_key_prefix, **named)


@instead_of(FlowLogsBackend, "create_flow_logs")
def _(moto: Any, self: Any, resource_type: str, resource_ids: list[str], *arguments: Any, **named: Any) -> Any:
    """Into a bucket of the same account AWS writes the policy itself, into that of another one nobody does.
    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
    """
    destination = named.get("log_destination") or ""
    bucket, _, prefix = destination.rpartition(":")[2].partition("/")
    if named.get("log_destination_type") == "s3" and owner(bucket) not in ("", self.account_id):
        source = f"arn:{self.partition}:logs:{self.region_name}:{self.account_id}:*"
        path = "/".join(filter(None, [prefix.rstrip("/"), "AWSLogs", self.account_id, "vpcflowlogs", "log"]))
        if not lets(s3_backends[self.account_id][self.partition].get_bucket(bucket), "delivery.logs.amazonaws.com", self.account_id, source, path):
            return [], [(r, "400", f"Access Denied for LogDestination: {bucket}. Please check LogDestination permission") for r in resource_ids]
    return moto(self, resource_type, resource_ids, *arguments, **named)


@instead_of(ConfigBackend, "put_delivery_channel")
def _(moto: Any, self: Any, delivery_channel: dict[str, Any]) -> None:
    """With its service-linked role AWS Config writes as the service, and tries that.
    https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
    """
    bucket = delivery_channel.get("s3BucketName")
    linked = any("/aws-service-role/config.amazonaws.com/" in r.role_arn for r in self.recorders.values())
    if bucket and linked:
        try:
            into = s3_backends[self.account_id]["aws"].get_bucket(bucket)
        except MissingBucket:
            raise Failure("NoSuchBucketException", f"Cannot find a S3 bucket with an empty bucket name or one that does not exist: {bucket}")
        source = f"arn:aws:config:{self.region_name}:{self.account_id}:something"
        path = "/".join(filter(None, [delivery_channel.get("s3KeyPrefix"), "AWSLogs", self.account_id, "Config", "ConfigWritabilityCheckFile"]))
        if not lets(into, "config.amazonaws.com", self.account_id, source, path):
            raise Failure("InsufficientDeliveryPolicyException", f"Insufficient delivery policy to s3 bucket: {bucket}, unable to write to bucket, provided s3 key prefix is 'null'")
    moto(self, delivery_channel)
