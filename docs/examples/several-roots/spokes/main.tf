# The spokes, each in its segment. What they need of the hub, they read from its state.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
  backend "s3" {
    bucket = "example-terraform-states"
    key    = "spokes/terraform.tfstate"
    region = "eu-central-1"
  }
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["111111111111"]
}

data "terraform_remote_state" "hub" {
  backend = "s3"
  config = {
    bucket = "example-terraform-states"
    key    = "hub/terraform.tfstate"
    region = "eu-central-1"
  }
}

locals {
  hub    = data.terraform_remote_state.hub.outputs
  spokes = { dev = "10.1.0.0/16", prod = "10.2.0.0/16" }
}

module "spoke" {
  for_each           = local.spokes
  source             = "../modules/vpc"
  name               = each.key
  cidr               = each.value
  zones              = ["eu-central-1a", "eu-central-1b"]
  transit_gateway_id = local.hub.transit_gateway_id
}

resource "aws_ec2_transit_gateway_route_table_association" "spoke" {
  for_each                       = local.spokes
  transit_gateway_attachment_id  = module.spoke[each.key].attachment_id
  transit_gateway_route_table_id = local.hub.route_table_ids[each.key]
}

# Spokes are reached from what is shared, and not from each other.
resource "aws_ec2_transit_gateway_route_table_propagation" "spoke" {
  for_each                       = local.spokes
  transit_gateway_attachment_id  = module.spoke[each.key].attachment_id
  transit_gateway_route_table_id = local.hub.route_table_ids["shared"]
}

# The database of prod, which prod alone may ask.
resource "aws_security_group" "database" {
  name        = "database"
  description = "PostgreSQL"
  vpc_id      = module.spoke["prod"].vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id = aws_security_group.database.id
  cidr_ipv4         = local.spokes["prod"]
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
}

resource "aws_vpc_security_group_egress_rule" "database" {
  security_group_id = aws_security_group.database.id
  cidr_ipv4         = local.spokes["prod"]
  ip_protocol       = "-1"
}

resource "aws_instance" "database" {
  count                  = 2
  ami                    = "ami-12345678"
  instance_type          = "t3.micro"
  subnet_id              = module.spoke["prod"].subnet_ids["data"][count.index]
  vpc_security_group_ids = [aws_security_group.database.id]
}
