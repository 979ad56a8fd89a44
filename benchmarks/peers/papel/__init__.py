"""The smallest application that sinpapel and sinpapel-drf ask for."""
