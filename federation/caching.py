"""Keys of the cache, which counts tries by account and by network: kept as fingerprints."""

from federation.encryption import blind_index


def cache_key(key: str, prefix: str, version: int) -> str:
    return blind_index(f"{prefix}:{version}:{key}", "cache")
