"""Listeners to what the host says: logs for people and machines, traces and metrics for OpenTelemetry."""
