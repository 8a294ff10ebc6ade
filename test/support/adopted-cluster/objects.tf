resource "aws_s3_object" "docker-compose-config" {
  for_each = fileset("${path.module}/compose", "docker-compose-*.yml")
  bucket   = var.project_bucket
  key      = "infrastructure/software/${var.cluster_name}-${each.value}"
  content  = file("${path.module}/compose/${each.value}")
  etag     = filemd5("${path.module}/compose/${each.value}")
}
