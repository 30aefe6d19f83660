"""Everything outside, translated at once: files, reports, journal, brokers."""
