resource "aws_iam_role" "s3-role" {
  name = "${var.cluster_name}-iam-role"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = ""
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_instance_profile" "s3-role" {
  name = "${var.cluster_name}-iam-profile"
  role = aws_iam_role.s3-role.name
}

resource "aws_iam_policy" "s3-policy" {
  name = "${var.cluster_name}-iams3-policy"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:ListBucket", "s3:GetObject"]
        Resource = ["arn:aws:s3:::${var.project_bucket}", "arn:aws:s3:::${var.project_bucket}/*", "arn:aws:s3:::prd-tnm", "arn:aws:s3:::prd-tnm/*"]
      },
      {
        Effect   = "Allow"
        Action   = ["s3:PutObject"]
        Resource = ["arn:aws:s3:::${var.project_bucket}/data/manager/*"]
      },
    ]
  })
}

resource "aws_iam_policy" "ec2-policy" {
  name = "${var.cluster_name}-iamec2-policy"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["ec2:DescribeInstances", "ec2:TerminateInstances"], Resource = ["*"] }]
  })
}

resource "aws_iam_role_policy_attachment" "s3-role-policy-local" {
  role       = aws_iam_role.s3-role.name
  policy_arn = aws_iam_policy.s3-policy.arn
}

resource "aws_iam_role_policy_attachment" "ec2-role-policy-local" {
  role       = aws_iam_role.s3-role.name
  policy_arn = aws_iam_policy.ec2-policy.arn
}

resource "aws_iam_role_policy_attachment" "ec2-role-policy-aec2crro" {
  role       = aws_iam_role.s3-role.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly"
}

resource "aws_iam_role_policy_attachment" "ec2-role-policy-assmmic" {
  role       = aws_iam_role.s3-role.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_role_policy_attachment" "ec2-role-policy-cwasp" {
  role       = aws_iam_role.s3-role.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
}

resource "aws_iam_role_policy_attachment" "ec2-role-policy-cwaap" {
  role       = aws_iam_role.s3-role.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchAgentAdminPolicy"
}
