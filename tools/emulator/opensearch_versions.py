"""Engine versions of OpenSearch Service and their upgrade paths."""

# Source: OpenSearch Service developer guide, "Supported versions of OpenSearch and Elasticsearch".
VERSIONS = (
    *(f"OpenSearch_{version}" for version in ("1.0", "1.1", "1.2", "1.3", "2.3", "2.5", "2.7", "2.9", "2.11", "2.13",
      "2.15", "2.17", "2.19", "3.1", "3.3", "3.5")),
    *(f"Elasticsearch_{version}" for version in ("1.5", "2.3", "5.1", "5.3", "5.5", "5.6", "6.0", "6.2", "6.3", "6.4",
      "6.5", "6.7", "6.8", "7.1", "7.4", "7.7", "7.8", "7.9", "7.10")),
)  # fmt: skip


def compatible_versions(source: str) -> list[str]:
    """Target versions of an in-place upgrade. Source: developer guide, "Supported upgrade paths"."""
    engine, _, text = source.partition("_")
    major, minor = map(int, text.split("."))
    targets = [name for name in VERSIONS if name.startswith(f"{engine}_")]
    newer = [name for name in targets if _key(name) > (major, minor)]
    if engine == "Elasticsearch":
        found = [
            name
            for name in newer
            if _key(name)[0] == major or (_key(name)[0] == major + 1 and _is_last(source, targets))
        ]
        crosses = (major, minor) >= (6, 8)
        return found + ([name for name in VERSIONS if name.startswith("OpenSearch_1.")] if crosses else [])
    return [
        name for name in newer if _key(name)[0] == major or (_key(name)[0] == major + 1 and _is_last(source, targets))
    ]


def _key(name: str) -> tuple[int, ...]:
    return tuple(map(int, name.partition("_")[2].split(".")))


def _is_last(name: str, names: list[str]) -> bool:
    return _key(name) == max(_key(one) for one in names if _key(one)[0] == _key(name)[0])
