"""What a module IS, inert: declarations, contracts, messages, failures, settings. Nothing here runs or refuses at import."""
