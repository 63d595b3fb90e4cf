"""What operations cost, counted; what that makes a month; where the limits are."""
