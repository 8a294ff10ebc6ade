variable "domain" {}
variable "cluster_name" {}
variable "organization_name" {}
variable "cluster_version" {}
variable "is_public" {}
variable "node_asg_min_capacity" { type = number }
variable "node_asg_max_capacity" { type = number }
variable "node_asg_desired_capacity" { type = number }
variable "spot_allocation_strategy" { default = "lowest-price" }
variable "spot_max_price" { default = "0.17" }
variable "availability_zone" { default = "us-west-2c" }
variable "aws_region" { default = "us-west-2" }
variable "container_repo" {}
variable "project_bucket" {}
variable "key_pair_name" {}
variable "cluster_volume_size" { default = 64 }
variable "environment_version" {}
variable "vpc_cidr" { default = "10.0.0.0/16" }
variable "manager_ip" { default = "10.0.1.3" }
variable "monitor_ip" { default = "10.0.1.4" }
variable "ilb_ip" { default = "10.0.1.5" }
