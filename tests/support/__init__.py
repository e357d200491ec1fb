"""What the tests share: servers, clocks, databases."""
