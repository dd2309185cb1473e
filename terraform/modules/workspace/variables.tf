variable "workspace" {
  description = "The Terraform workspace's name (`terraform.workspace`)."
  type        = string
  nullable    = false
}

variable "prefix" {
  description = "First part of every resource name."
  type        = string
  nullable    = false
}
