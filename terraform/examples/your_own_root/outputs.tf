output "stripe" {
  description = "Each environment's stack: all outputs of modules/pipeline. They tell the operator's commands where the stack is."
  value       = module.stripe
}
