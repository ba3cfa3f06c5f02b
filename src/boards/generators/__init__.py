"""What a generator author needs, and nothing else: base, artifacts, context, registry, loader."""
