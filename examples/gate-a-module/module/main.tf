variable "title" {
  type = string
}

resource "terraform_data" "report" {
  input = { title = var.title }
}

output "headline" {
  value = "${terraform_data.report.output.title} is published"
}
