resource "aws_instance" "ilb" {
  ami                         = data.aws_ami.sliderule_cluster_ami.id
  availability_zone           = var.availability_zone
  ebs_optimized               = false
  instance_type               = "c8g.large"
  monitoring                  = false
  key_name                    = var.key_pair_name
  vpc_security_group_ids      = [aws_security_group.ilb-sg.id]
  subnet_id                   = aws_subnet.sliderule-subnet.id
  associate_public_ip_address = true
  private_ip                  = var.ilb_ip
  source_dest_check           = true
  iam_instance_profile        = aws_iam_instance_profile.s3-role.name
  root_block_device {
    volume_type           = "gp2"
    volume_size           = 40
    delete_on_termination = true
  }
  tags      = { Name = "${var.organization_name}-ilb" }
  user_data = <<-EOF
    #!/bin/bash
    aws ecr get-login-password --region ${var.aws_region} | docker login --username AWS --password-stdin ${var.container_repo}
    aws s3 cp s3://${var.project_bucket}/infrastructure/software/${var.cluster_name}-docker-compose-ilb.yml ./docker-compose.yml
    export OAUTH_HMAC_SECRET='${local.secrets.jwt_secret_key}'
    export IS_PUBLIC=${var.is_public} ORGANIZATION=${var.organization_name} DOMAIN=${var.domain}
    export ILB_IMAGE=${var.container_repo}/ilb:${var.cluster_version}
    aws s3 cp s3://${var.project_bucket}/config/${var.domain}.pem /tls/
    docker-compose -p cluster up --detach
  EOF
}

resource "aws_instance" "monitor" {
  ami                         = data.aws_ami.sliderule_cluster_ami.id
  availability_zone           = var.availability_zone
  ebs_optimized               = false
  instance_type               = "c8g.large"
  monitoring                  = false
  key_name                    = var.key_pair_name
  vpc_security_group_ids      = [aws_security_group.monitor-sg.id]
  subnet_id                   = aws_subnet.sliderule-subnet.id
  associate_public_ip_address = true
  private_ip                  = var.monitor_ip
  source_dest_check           = true
  iam_instance_profile        = aws_iam_instance_profile.s3-role.name
  root_block_device {
    volume_type           = "gp2"
    volume_size           = 40
    delete_on_termination = true
  }
  tags      = { Name = "${var.organization_name}-monitor" }
  user_data = <<-EOF
    #!/bin/bash
    aws ecr get-login-password --region ${var.aws_region} | docker login --username AWS --password-stdin ${var.container_repo}
    aws s3 cp s3://${var.project_bucket}/infrastructure/software/${var.cluster_name}-docker-compose-monitor.yml ./docker-compose.yml
    echo ${var.cluster_name} > cluster.txt
    export CLIENT_ID='${local.secrets.client_id}' CLIENT_SECRET='${local.secrets.client_secret}' DOMAIN=${var.domain}
    export MONITOR_IMAGE=${var.container_repo}/monitor:${var.cluster_version}
    export PROXY_IMAGE=${var.container_repo}/proxy:${var.cluster_version}
    docker-compose -p cluster up --detach
  EOF
}

resource "aws_instance" "manager" {
  ami                         = data.aws_ami.sliderule_cluster_ami.id
  availability_zone           = var.availability_zone
  ebs_optimized               = false
  instance_type               = "r8g.large"
  monitoring                  = false
  key_name                    = var.key_pair_name
  vpc_security_group_ids      = [aws_security_group.manager-sg.id]
  subnet_id                   = aws_subnet.sliderule-subnet.id
  associate_public_ip_address = true
  private_ip                  = var.manager_ip
  source_dest_check           = true
  iam_instance_profile        = aws_iam_instance_profile.s3-role.name
  root_block_device {
    volume_type           = "gp2"
    volume_size           = 40
    delete_on_termination = true
  }
  tags      = { Name = "${var.organization_name}-manager" }
  user_data = <<-EOF
    #!/bin/bash
    aws ecr get-login-password --region ${var.aws_region} | docker login --username AWS --password-stdin ${var.container_repo}
    aws s3 cp s3://${var.project_bucket}/infrastructure/software/${var.cluster_name}-docker-compose-manager.yml ./docker-compose.yml
    export MANAGER_SECRET_SALT='${local.secrets.manager_secret_salt}' MANAGER_API_KEY='${local.secrets.manager_api_key}'
    export IS_PUBLIC=${var.is_public} DOMAIN=${var.domain} BASE=$${HOME} # 100%%{sure}
    export MANAGER_IMAGE=${var.container_repo}/manager:${var.cluster_version}
    docker-compose -p cluster up --detach
  EOF
}
