# The transit gateway of a region, what is shared, and a table for each segment.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
  backend "s3" {
    bucket = "example-terraform-states"
    key    = "hub/terraform.tfstate"
    region = "eu-central-1"
  }
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]
}

data "aws_availability_zones" "available" {}

resource "aws_ec2_transit_gateway" "this" {
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
}

resource "aws_ec2_transit_gateway_route_table" "segment" {
  for_each           = toset(["shared", "dev", "prod"])
  transit_gateway_id = aws_ec2_transit_gateway.this.id
}

module "shared" {
  source             = "../modules/vpc"
  name               = "shared"
  cidr               = "10.0.0.0/16"
  zones              = slice(data.aws_availability_zones.available.names, 0, 2)
  transit_gateway_id = aws_ec2_transit_gateway.this.id
}

resource "aws_ec2_transit_gateway_route_table_association" "shared" {
  transit_gateway_attachment_id  = module.shared.attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.segment["shared"].id
}

# What is shared is reached from every segment.
resource "aws_ec2_transit_gateway_route_table_propagation" "shared" {
  for_each                       = toset(["dev", "prod"])
  transit_gateway_attachment_id  = module.shared.attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.segment[each.key].id
}

output "transit_gateway_id" {
  value = aws_ec2_transit_gateway.this.id
}

output "route_table_ids" {
  value = { for name, table in aws_ec2_transit_gateway_route_table.segment : name => table.id }
}
