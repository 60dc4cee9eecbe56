"""WHERE things run: the modules there are, the topologies, the plan of one process, the check over all of them."""
