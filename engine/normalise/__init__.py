"""One shape for what members describe: identifiers, languages, years, names, material types."""
