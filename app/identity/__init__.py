"""Who is calling: tokens that say so, and what an edge makes of the credentials that a request brings."""
