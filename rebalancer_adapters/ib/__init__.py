"""Interactive Brokers through ib_async: none of its types, no NaN and no -1 goes inward."""
