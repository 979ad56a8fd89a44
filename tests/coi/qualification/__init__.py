"""Whether an installation shows of itself what it must."""
