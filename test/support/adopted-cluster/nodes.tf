resource "aws_launch_template" "sliderule_template" {
  name_prefix   = "${var.cluster_name}-"
  image_id      = data.aws_ami.sliderule_cluster_ami.id
  instance_type = "t4g.2xlarge"
  key_name      = var.key_pair_name
  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_type           = "gp2"
      volume_size           = var.cluster_volume_size
      delete_on_termination = true
    }
  }
  iam_instance_profile {
    name = aws_iam_instance_profile.s3-role.name
  }
  network_interfaces {
    associate_public_ip_address = true
    security_groups             = [aws_security_group.sliderule-sg.id]
  }
  tag_specifications {
    resource_type = "instance"
    tags          = local.node_tags
  }
  user_data = base64encode(<<-EOF
    #!/bin/bash
    export ENVIRONMENT_VERSION=${var.environment_version} IPV4=$(hostname -I | awk '{print $1}')
    export ORGANIZATION=${var.organization_name} CLUSTER=${var.cluster_name} IS_PUBLIC=${var.is_public}
    export SLIDERULE_IMAGE=${var.container_repo}/sliderule:${var.cluster_version}
    aws s3 cp s3://${var.project_bucket}/infrastructure/software/${var.cluster_name}-docker-compose-node.yml ./docker-compose.yml
    docker-compose -p cluster up --detach
  EOF
  )
}
