"""What it means: series, forecasts, verdicts."""
