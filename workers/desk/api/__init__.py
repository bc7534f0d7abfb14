"""What programs ask for: JSON in, JSON out, events as a stream, metrics as Prometheus reads them."""
