# What every test of the module starts from.
environment         = "development"
prefix              = "bayon"
profile_table_name  = "BayonCoAgent-development"
lambda_package_path = "./versions.tf" # Any file will do: no provider reads it.
