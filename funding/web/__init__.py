"""What is asked of the web, and what comes back: addresses, pages and feeds, all taken as hostile."""
