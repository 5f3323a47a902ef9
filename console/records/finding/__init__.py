"""Finding records: by person, application, state and time."""
