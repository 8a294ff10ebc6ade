resource "aws_security_group" "monitor-sg" {
  vpc_id = aws_vpc.sliderule-vpc.id
  name   = "${var.cluster_name}-monitor-sg"
  ingress {
    protocol    = "tcp"
    from_port   = 3100
    to_port     = 3100
    cidr_blocks = [var.vpc_cidr]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 8040
    to_port     = 8040
    cidr_blocks = [var.vpc_cidr]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "ilb-sg" {
  vpc_id = aws_vpc.sliderule-vpc.id
  name   = "${var.cluster_name}-ilb-sg"
  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 8050
    to_port     = 8050
    cidr_blocks = [var.vpc_cidr]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 9100
    to_port     = 9100
    cidr_blocks = [var.vpc_cidr]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "manager-sg" {
  vpc_id = aws_vpc.sliderule-vpc.id
  name   = "${var.cluster_name}-manager-sg"
  ingress {
    protocol    = "tcp"
    from_port   = 8030
    to_port     = 8030
    cidr_blocks = [var.vpc_cidr]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "sliderule-sg" {
  vpc_id = aws_vpc.sliderule-vpc.id
  name   = "${var.cluster_name}-sliderule-sg"
  ingress {
    protocol    = "tcp"
    from_port   = 9081
    to_port     = 9081
    cidr_blocks = [var.vpc_cidr]
  }
  ingress {
    protocol    = "tcp"
    from_port   = 9100
    to_port     = 9100
    cidr_blocks = [var.vpc_cidr]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
