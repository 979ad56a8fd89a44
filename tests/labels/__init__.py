"""What is printed can be read, what is scanned is trusted only after it is understood."""
