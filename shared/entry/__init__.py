"""From a trigger to a typed call, and from a result or a failure to an answer."""
