"""What an estate finds in AWS before it is deployed."""

import json
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.organizations.models import organizations_backends
from moto.ssm.models import ssm_backends
from moto.sts.models import sts_backends

from gaps import directconnect, ram

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def make(world: dict[str, Any]) -> dict[str, Any]:
    """Make it, and return the credentials of who deploys. internal/emulator/world.go says what a world is."""
    more(world)
    for line in world["lines"]:
        directconnect.have_gateway(world["first"], line["gateway"], "made elsewhere", 64513)
    for network in world["networks"]:
        existing(network, world["region"])
    for account, gateways in world["gateways"].items():
        for gateway in gateways:
            connected(account, gateway, world["region"])
    made: dict[str, Any] = {"administrator": first_user(world["first"])}
    made["profiles"] = {name: made["administrator"] if account == world["first"] else first_user(account) for name, account in world["profiles"].items()}
    for who in ("people", "operators"):
        if world.get(who):
            made[who] = session(world[who], world["region"])
    return made


def more(world: dict[str, Any]) -> None:
    """Make the accounts that are not there yet."""
    for account in world["accounts"]:
        if account != world["first"] and world["role"] not in [r.name for r in iam_backends[account]["aws"].roles.values()]:
            administrators_role(account, "/", world["role"], world["first"])
    for policy in world["policies"]:
        existing_policy(policy)
    for account in world["sessions"]:
        saved_preferences(account, world["region"])
    if world.get("organization"):
        organization(world["organization"], world["accounts"], world["sharing"], world["names"], world["emails"])
    for line in world["lines"]:
        directconnect.expected()[line["gateway"]] = line.get("attachment")
    for role in world["roles"]:
        account, _, name = role.removeprefix("arn:aws:iam::").partition(":role/")
        path, _, name = f"/{name}".rpartition("/")
        if name not in [r.name for r in iam_backends[account]["aws"].roles.values()]:
            administrators_role(account, f"{path}/", name, account)


def first_user(account: str) -> dict[str, str]:
    iam = iam_backends[account]["aws"]
    iam.create_user("us-east-1", "administrator")
    iam.attach_user_policy(ADMINISTRATOR, "administrator")
    key = iam.create_access_key("administrator")
    return {"access_key_id": key.access_key_id, "secret_access_key": key.secret_access_key}


def administrators_role(account: str, path: str, name: str, trusted: str) -> None:
    """As AWS Organizations makes OrganizationAccountAccessRole:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
    """
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{trusted}:root"}, "Action": "sts:AssumeRole"}],
    }
    iam = iam_backends[account]["aws"]
    iam.create_role(
        role_name=name, assume_role_policy_document=json.dumps(trust), path=path, permissions_boundary=None,
        description="", tags=[], max_session_duration="3600",
    )
    iam.attach_role_policy(ADMINISTRATOR, name)


def session(role: str, region: str) -> dict[str, str]:
    """A session of a role that is made for it, as IAM Identity Center makes its own:
    https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
    """
    account, _, path = role.removeprefix("arn:aws:iam::").partition(":role/")
    path, _, name = path.rpartition("/")
    administrators_role(account, f"/{path}/" if path else "/", name, account)
    made = sts_backends[account]["aws"].assume_role(
        region_name=region, role_session_name="somebody", role_arn=role, policy="", duration=36000, external_id="",
    )
    return {"access_key_id": made.access_key_id, "secret_access_key": made.secret_access_key, "session_token": made.session_token}


def existing_policy(arn: str) -> None:
    account, _, name = arn.removeprefix("arn:aws:iam::").partition(":policy")
    path, _, name = name.rpartition("/")
    iam = iam_backends[account]["aws"]
    if arn not in iam.managed_policies:
        nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
        iam.create_policy("made elsewhere", path + "/", json.dumps(nothing), name, [])


def saved_preferences(account: str, region: str) -> None:
    """As the console of Session Manager saves them:
    https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-configure-preferences-cli.html
    """
    ssm, name = ssm_backends[account][region], "SSM-SessionManagerRunShell"
    if name not in ssm._documents:
        inputs = {"s3BucketName": "", "s3KeyPrefix": "", "s3EncryptionEnabled": True, "cloudWatchLogGroupName": "", "cloudWatchEncryptionEnabled": True, "idleSessionTimeout": "20"}
        content = {"schemaVersion": "1.0", "description": "Document to hold regional settings for Session Manager", "sessionType": "Standard_Stream", "inputs": inputs}
        ssm.create_document(json.dumps(content), [], [], name, "", "Session", "JSON", "", [])


def organization(arn: str, accounts: list[str], sharing: bool, names: dict[str, str], emails: dict[str, str]) -> None:
    """An organisation that somebody has made, with the ids that the estate has for it:
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
    """
    management, identity = arn.split(":")[4], arn.rpartition("/")[2]
    organizations = organizations_backends[management]["aws"]
    if not organizations.org:
        organizations.create_organization("us-east-1")
        organizations.org.id = organizations.accounts[0].organization_id = identity
        for thing in (*organizations.ou, *organizations.policies):
            thing.organization_id = identity
    for account in accounts:
        if account not in [a.id for a in organizations.accounts]:
            organizations.create_account(AccountName=names.get(account, account), Email=emails.get(account, f"{account}@example.com"))
            made = organizations.accounts[-1]
            del organizations_backends.master_accounts[made.id]
            made.id = account
            organizations_backends.master_accounts[account] = (management, "aws")
    if sharing:
        ram.RAM.kept_of("", "")["trusting"][management] = True


def existing(network: dict[str, Any], region: str) -> None:
    """A VPC as somebody has made it, with the ids that the estate has for it."""
    ec2 = ec2_backends[network["account"]][region]
    vpc = ec2.create_vpc(network["cidr"])
    made = vpc.id
    vpc.id = network["vpc"]
    ec2.vpcs[vpc.id] = ec2.vpcs.pop(made)
    for things in (ec2.route_tables, ec2.network_acls):
        for thing in things.values():
            if thing.vpc_id == made:
                thing.vpc_id = vpc.id
    ec2.groups[vpc.id] = ec2.groups.pop(made)
    for group in ec2.groups[vpc.id].values():
        group.vpc_id = vpc.id
    vpc.enable_dns_support, vpc.enable_dns_hostnames = "true", "true"
    zones = {z.zone_id: z.name for z in ec2.describe_availability_zones()}
    for subnet in network["subnets"]:
        renamed(ec2.subnets[zones[subnet["zone"]]], ec2.create_subnet(vpc.id, subnet["cidr"], availability_zone=zones[subnet["zone"]]), subnet["id"])
    for table in network["route_tables"] or []:
        renamed(ec2.route_tables, ec2.create_route_table(vpc.id), table)
    for group in network["security_groups"] or []:
        renamed(ec2.groups[vpc.id], ec2.create_security_group(f"existing-{group}", "made elsewhere", vpc_id=vpc.id), group)


def connected(account: str, gateway: str, region: str) -> None:
    """A way out of a VPC that somebody else has made."""
    ec2 = ec2_backends[account][region]
    if gateway.startswith("vgw-"):
        renamed(ec2.vpn_gateways, ec2.create_vpn_gateway(), gateway)
    elif gateway.startswith("pcx-"):
        other = ec2.create_vpc("192.0.2.0/24")
        renamed(ec2.vpc_pcxs, ec2.create_vpc_peering_connection(other, other), gateway)


def renamed(things: dict[str, Any], thing: Any, wanted: str) -> None:
    del things[thing.id]
    thing.id = wanted
    things[wanted] = thing
