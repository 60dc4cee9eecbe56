"""What shoppers live through. `test_monolith.py`, `test_mixed.py` and `test_microservices.py` run all of it, unchanged."""
