output "stripe" {
  description = "Each environment's stack: all outputs of modules/pipeline. The commands of stripe-handler find a stack by them."
  value       = module.stripe
}
