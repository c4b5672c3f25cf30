"""What is in the emulator, as Terraform calls it: for tests that ask whether something was made twice, or lost."""

from typing import Any, Callable, Iterable

from moto.cloudtrail.models import cloudtrail_backends
from moto.ec2.models import ec2_backends
from moto.ecr.models import ecr_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.route53.models import route53_backends
from moto.s3.models import s3_backends
from moto.ssm.models import ssm_backends

from gaps.filler import fillers
from gaps.ram import shares

# By the type of the resource: the ids of what an account has in a region.
_kinds: dict[str, Callable[[str, str], Iterable[str]]] = {}


def _ec2(kind: str, ids: "Callable[[Any], Iterable[str]]") -> None:
    _kinds[kind] = lambda account, region: ids(ec2_backends[account][region])


def _made(b: Any, things: Iterable[Any]) -> Iterable[str]:
    """Those in VPCs that somebody made. AWS makes one in each account."""
    return (t.id for t in things if not b.vpcs[t.vpc_id].is_default)


_ec2("aws_vpc", lambda b: (v.id for v in b.vpcs.values() if not v.is_default))
_ec2("aws_subnet", lambda b: _made(b, (s for zone in b.subnets.values() for s in zone.values())))
_ec2("aws_route_table", lambda b: (t.id for t in b.route_tables.values() if t.main_association_id is None))
_ec2("aws_internet_gateway", lambda b: b.internet_gateways)
_ec2("aws_nat_gateway", lambda b: (n.id for n in b.nat_gateways.values() if n.state != "deleted"))
_ec2("aws_eip", lambda b: (a.allocation_id for a in b.addresses))
_ec2("aws_vpc_endpoint", lambda b: (e.id for e in b.vpc_end_points.values() if e.state != "deleted"))
_ec2("aws_security_group", lambda b: _made(b, (g for groups in b.groups.values() for g in groups.values() if g.name != "default")))
_ec2("aws_network_acl", lambda b: (n.id for n in b.network_acls.values() if str(n.default).lower() != "true"))
_ec2("aws_vpc_dhcp_options", lambda b: b.dhcp_options_sets)
_ec2("aws_flow_log", lambda b: b.flow_logs)
_kinds["aws_ram_resource_share"] = lambda account, region: [
    arn for arn, s in shares(region).items() if s["owningAccountId"] == account and s["status"] == "ACTIVE"
]
_kinds["aws_ecr_repository"] = lambda account, region: ecr_backends[account][region].repositories
_kinds["aws_kms_key"] = lambda account, region: (k.id for k in kms_backends[account][region].keys.values() if k.key_state != "PendingDeletion" and k.key_manager != "AWS")
_kinds["aws_cloudwatch_log_group"] = lambda account, region: logs_backends[account][region].groups
_kinds["aws_cloudtrail"] = lambda account, region: (t.arn for t in cloudtrail_backends[account][region].trails.values())
_kinds["aws_ssm_document"] = lambda account, region: (n for n, d in ssm_backends[account][region]._documents.items() if d.get_default_version().owner == account)
# These are the same in all regions.
_kinds["aws_iam_role"] = lambda account, region: (r.name for r in iam_backends[account]["aws"].roles.values() if not r.path.startswith("/aws-service-role/"))
_kinds["aws_s3_bucket"] = lambda account, region: s3_backends[account]["aws"].buckets
_kinds["aws_route53_zone"] = lambda account, region: route53_backends[account]["aws"].zones

# What is kept for all accounts of a region: the filler, and what that calls it.
_shared: dict[str, tuple[str, str]] = {
    "aws_ec2_transit_gateway": ("ec2", "gateways"),
    "aws_ec2_transit_gateway_route_table": ("ec2", "tables"),
    "aws_ec2_transit_gateway_vpc_attachment": ("ec2", "attachments"),
    "aws_route53_resolver_endpoint": ("route53resolver", "endpoints"),
    "aws_route53_resolver_rule": ("route53resolver", "rules"),
    "aws_route53_resolver_rule_association": ("route53resolver", "rule_associations"),
    "aws_route53_resolver_firewall_rule_group_association": ("route53resolver", "group_associations"),
    "aws_route53_resolver_query_log_config": ("route53resolver", "logs"),
    "aws_route53_resolver_query_log_config_association": ("route53resolver", "log_associations"),
}


def inventory(accounts: list[str], region: str) -> dict[str, list[str]]:
    """The ids of all that the accounts have, by type. A name that two of them have is there twice."""
    made = {kind: sorted(str(i) for account in accounts for i in ids(account, region)) for kind, ids in _kinds.items()}
    for kind, (service, of) in _shared.items():
        made[kind] = sorted(i for i, t in fillers[service].kept_of("", region)[of].items() if t.get("State") != "deleted")
    return made
