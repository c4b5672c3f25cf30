"""Prints as JSON what has become of what before.py made."""

import json
import sys

import boto3

region, made, names = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
ec2 = boto3.client("ec2", region)
iam = boto3.client("iam", region)

instance = ec2.describe_instances(InstanceIds=[made["instance"]])["Reservations"][0]["Instances"][0]
groups = ec2.describe_security_groups(GroupIds=[g["GroupId"] for i in instance["NetworkInterfaces"] for g in i["Groups"]])["SecurityGroups"]
associated = propagated = 0
for table in ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]:
    # The fake makes a default table although the gateway has none: those with names are the estate's.
    if not table.get("Tags"):
        continue
    id = table["TransitGatewayRouteTableId"]
    associated += sum(a.get("TransitGatewayAttachmentId") == made["attachment"] for a in ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=id)["Associations"])
    propagated += sum(a.get("TransitGatewayAttachmentId") == made["attachment"] for a in ec2.get_transit_gateway_route_table_propagations(TransitGatewayRouteTableId=id)["TransitGatewayRouteTablePropagations"])
closed = [a for a in ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [made["vpc"]]}])["NetworkAcls"] if a["Associations"]]
print(json.dumps({
    "groups": [{"name": g["GroupName"], "in": len(g["IpPermissions"]), "out": len(g["IpPermissionsEgress"])} for g in groups],
    "profiles": len(ec2.describe_iam_instance_profile_associations(Filters=[{"Name": "instance-id", "Values": [made["instance"]]}])["IamInstanceProfileAssociations"]),
    "protected": ec2.describe_instance_attribute(InstanceId=made["instance"], Attribute="disableApiTermination")["DisableApiTermination"]["Value"],
    "snapshots": len(ec2.describe_snapshots(Filters=[{"Name": "tag:Name", "Values": ["evidence"]}])["Snapshots"]),
    "associated": associated,
    "propagated": propagated,
    "acls": [t["Value"] for a in closed for t in a.get("Tags", []) if t["Key"] == "Name"],
    "dns": ec2.describe_vpc_attribute(VpcId=made["vpc"], Attribute="enableDnsSupport")["EnableDnsSupport"]["Value"],
    "trust": iam.get_role(RoleName=names["role"])["Role"]["AssumeRolePolicyDocument"]["Statement"],
    "policies": {name: iam.get_role_policy(RoleName=names["role"], PolicyName=name)["PolicyDocument"]["Statement"] for name in iam.list_role_policies(RoleName=names["role"])["PolicyNames"]},
}))
