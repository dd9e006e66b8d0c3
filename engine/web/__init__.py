"""The service over HTTP: API, event stream, pages."""
