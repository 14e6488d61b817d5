"""What is right and what is not: doctor, and the explanation of a number."""
