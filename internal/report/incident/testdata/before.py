"""Makes on a fake of AWS what an incident is about: two VPCs on a transit gateway, an instance
with a role in one of them, and a role of a pipeline. Prints ids as JSON."""

import json
import sys

import boto3

region = sys.argv[1]
names = json.loads(sys.argv[2])
ec2 = boto3.client("ec2", region)
iam = boto3.client("iam", region)


def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=named("vpc", names["vpc"]))["Vpc"]["VpcId"]
other = ec2.create_vpc(CidrBlock="10.2.0.0/16", TagSpecifications=named("vpc", names["other"]))["Vpc"]["VpcId"]
subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
second = ec2.create_subnet(VpcId=other, CidrBlock="10.2.0.0/24")["Subnet"]["SubnetId"]
gateway = ec2.create_transit_gateway(Options={"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"})["TransitGateway"]["TransitGatewayId"]
attachments = {}
for key, v, s in (("mine", vpc, subnet), ("theirs", other, second)):
    attachments[key] = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=v, SubnetIds=[s])["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
tables = {}
for name in names["tables"]:
    tables[name] = ec2.create_transit_gateway_route_table(TransitGatewayId=gateway, TagSpecifications=named("transit-gateway-route-table", name))["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
ec2.associate_transit_gateway_route_table(TransitGatewayRouteTableId=tables[names["associated"]], TransitGatewayAttachmentId=attachments["mine"])
for name in names["propagated"]:
    ec2.enable_transit_gateway_route_table_propagation(TransitGatewayRouteTableId=tables[name], TransitGatewayAttachmentId=attachments["mine"])

trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
iam.create_role(RoleName=names["role"], AssumeRolePolicyDocument=json.dumps(trust))
iam.create_instance_profile(InstanceProfileName="profile")
iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName=names["role"])
group = ec2.create_security_group(GroupName="open", Description="open", VpcId=vpc)["GroupId"]
# Groups of the interface, and not of the instance: the fake would add the latter to all that an interface gets.
image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
instance = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group]}], IamInstanceProfile={"Name": "profile"})["Instances"][0]["InstanceId"]
print(json.dumps({"vpc": vpc, "instance": instance, "gateway": gateway, "attachment": attachments["mine"], "group": group}))
