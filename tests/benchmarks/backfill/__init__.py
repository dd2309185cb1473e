"""The backfill benchmark: `reconcile --apply` where the tables know little, against bare writes."""
