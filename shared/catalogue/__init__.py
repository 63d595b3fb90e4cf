"""A tenant's menu, told to each of its products, and how far each has taken it over."""
