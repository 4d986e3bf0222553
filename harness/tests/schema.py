"""What the tests of JSON schemas share: which fields there are, in values and in a schema."""


def fields_of(value, path, maps=()):
    """Where in a value something stands, with one path for all items of an array, and of an object
    whose path is one of `maps`: its names are no fields."""
    if isinstance(value, list):
        for item in value:
            yield from fields_of(item, path, maps)
    if isinstance(value, dict):
        for name, item in value.items():
            inner = f"{path}/{'*' if path in maps else name}"
            yield inner
            yield from fields_of(item, inner, maps)


def documented_fields(schema, part, path):
    """The same of what the schema describes."""
    if "$ref" in part:
        yield from documented_fields(schema, schema["$defs"][part["$ref"].split("/")[-1]], path)
    if "items" in part:
        yield from documented_fields(schema, part["items"], path)
    if isinstance(part.get("additionalProperties"), dict):
        yield from documented_fields(schema, part["additionalProperties"], f"{path}/*")
    for name, item in part.get("properties", {}).items():
        yield f"{path}/{name}"
        yield from documented_fields(schema, item, f"{path}/{name}")


def open_objects(part, path):
    """Places of the schema that would take a field it does not know."""
    if isinstance(part, list):
        for number, item in enumerate(part):
            yield from open_objects(item, f"{path}[{number}]")
    if not isinstance(part, dict):
        return
    if part.get("type") == "object" and path and part.get("additionalProperties", True) is True:
        yield path
    for name, item in part.items():
        yield from open_objects(item, f"{path}/{name}")
