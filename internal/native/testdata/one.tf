# imports.tf
import {
  id = "vpc-1"
  to = aws_vpc.main
}
# locals.tf
locals {
  n = 3
}
# main.tf
resource "aws_iam_role" "a" {
  provider = aws.hub
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Resource = "${aws_s3_bucket.a.arn}/$${aws:username}"
      Principal = {
        AWS = aws_iam_role.b.arn
      }
      Condition = {
        Bool = {
          x = tostring(aws_vpc.main.enable_dns_support)
        }
      }
    }]
  })
  name = "a"
  tags = {
    Name  = "a"
    "a.b" = aws_vpc.main.id
    "for" = "1"
  }

  lifecycle {
    ignore_changes  = [tags["x"]]
    prevent_destroy = true

    postcondition {
      condition     = self.name != "b"
      error_message = "no %%{b}"
    }
  }

  depends_on = [aws_vpc.main, aws_eip.nat]
}

resource "aws_ssm_parameter" "n" {
  value = "{\"a\":1.50}"
}

resource "aws_ssm_parameter" "p" {
  value = "{\"b\":1,\"a\":2}"
}

resource "aws_ssm_parameter" "q" {
  value = jsonencode({
    a = [1.5, true, null]
  })
}

resource "aws_ssm_parameter" "r" {
  value = "say \"$${no}\"\\n\tto ${aws_vpc.main.tags["Name"]}"
}

resource "aws_ssm_parameter" "s" {
  value = <<EOT
one
 two ${a.b}
EOT
}

resource "aws_ssm_parameter" "t" {
  value = chomp(<<EOT_
one
EOT
EOT_
  )
}
# moved.tf
moved {
  from = aws_vpc.a
  to   = aws_vpc.main
}
# outputs.tf
output "o" {
  sensitive = true
  value     = aws_vpc.main.id
}
# providers.tf
provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias = "hub"

  assume_role {
    role_arn = "r"
  }
}
# removed.tf
removed {
  from = aws_kms_key.old

  lifecycle {
    destroy = false
  }
}
# terraform.tf
terraform {
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }

  backend "s3" {
    assume_role = {
      role_arn = "r"
    }
    bucket = "states"
  }
}
