"""The newsroom's emails about reviews, publications and comments."""
