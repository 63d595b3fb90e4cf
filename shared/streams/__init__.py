"""The event store: streams that only grow, and the aggregates that they tell of."""
