"""How it is shown: words, tables, figures."""
