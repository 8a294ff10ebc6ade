output "ilb_ip_address" { value = aws_instance.ilb.public_ip }
output "ilb_state" { value = aws_instance.ilb.instance_state }
output "ilb_id" { value = aws_instance.ilb.id }
output "monitor_state" { value = aws_instance.monitor.instance_state }
output "monitor_id" { value = aws_instance.monitor.id }
output "prov_sys_handshake" { value = "sliderule" }
output "cluster_name" { value = var.cluster_name }
