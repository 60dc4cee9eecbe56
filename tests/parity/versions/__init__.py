"""One module in two versions, as they meet while a deployment is rolled out."""
