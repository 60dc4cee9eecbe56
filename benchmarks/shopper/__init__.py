"""Shoppers at the door: a crowd that looks, fills carts and orders, against a shop that runs as a chosen topology."""
