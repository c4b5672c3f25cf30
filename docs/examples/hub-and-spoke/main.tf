terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}
provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]
}

locals {
  networks = { shared = "10.0.0.0/16", dev = "10.1.0.0/16", prod = "10.2.0.0/16" }
}

resource "aws_ec2_transit_gateway" "this" {
  default_route_table_association = "disable"
  default_route_table_propagation = "disable"
}

module "vpc" {
  for_each           = local.networks
  source             = "./modules/vpc"
  name               = each.key
  cidr               = each.value
  zones              = ["eu-central-1a", "eu-central-1b"]
  transit_gateway_id = aws_ec2_transit_gateway.this.id
}

resource "aws_ec2_transit_gateway_route_table" "segment" {
  for_each           = local.networks
  transit_gateway_id = aws_ec2_transit_gateway.this.id
}

resource "aws_ec2_transit_gateway_route_table_association" "segment" {
  for_each                       = local.networks
  transit_gateway_attachment_id  = module.vpc[each.key].attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.segment[each.key].id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "to_shared" {
  for_each                       = toset(["dev", "prod"])
  transit_gateway_attachment_id  = module.vpc[each.key].attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.segment["shared"].id
}

resource "aws_ec2_transit_gateway_route_table_propagation" "of_shared" {
  for_each                       = toset(["dev", "prod"])
  transit_gateway_attachment_id  = module.vpc["shared"].attachment_id
  transit_gateway_route_table_id = aws_ec2_transit_gateway_route_table.segment[each.key].id
}

resource "aws_instance" "probe" {
  count         = 2
  ami           = "ami-12345678"
  instance_type = "t3.micro"
  subnet_id     = module.vpc["dev"].subnet_ids[count.index]
}
output "vpc_ids" { value = { for k, v in module.vpc : k => v.vpc_id } }
