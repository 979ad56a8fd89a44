"""What the benchmarks measure is made as they say."""
