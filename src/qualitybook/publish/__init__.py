"""How it becomes a book: pages, execution, HTML, PDF, site."""
