# What every test of the root starts from.
prefix              = "bayon"
profile_table_name  = "BayonCoAgent-development"
lambda_package_path = "./versions.tf" # Any file will do: no provider reads it.
