"""What every HTTP answer shares: problems, conditions, headers, connections."""
