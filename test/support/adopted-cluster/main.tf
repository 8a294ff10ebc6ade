terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = var.aws_region
  default_tags { tags = local.default_tags }
}

locals {
  secrets = jsondecode(data.aws_secretsmanager_secret_version.secrets.secret_string)
  default_tags = {
    Owner               = "SlideRule"
    Project             = "cluster-${var.organization_name}"
    cost-grouping       = var.organization_name
    terraform-base-path = "clusters/old"
  }
  node_tags = merge({ Name = "${var.organization_name}-node" }, local.default_tags)
}

data "aws_secretsmanager_secret_version" "secrets" {
  secret_id = "${var.domain}/secrets"
}

data "aws_ami" "sliderule_cluster_ami" {
  most_recent = true
  owners      = ["self"]
  filter {
    name   = "name"
    values = ["sliderule-arm-${var.cluster_version}"]
  }
  filter {
    name   = "virtualization-type"
    values = ["hvm"]
  }
}

data "aws_route53_zone" "selected" {
  name = var.domain
}

resource "aws_route53_record" "org" {
  zone_id         = data.aws_route53_zone.selected.zone_id
  name            = "${var.cluster_name}.${var.domain}"
  type            = "A"
  ttl             = 300
  allow_overwrite = true
  records         = [aws_instance.ilb.public_ip]
}
