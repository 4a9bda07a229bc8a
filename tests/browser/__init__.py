"""Pages in a real browser, on a live server, under the real Content-Security-Policy."""
