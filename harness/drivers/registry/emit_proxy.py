def files(registry):
    return {}
