"""A forge, the server's copy of its repository, and a target."""
from tests.integration.deploy.conftest import (
    collect_ignore_glob, environments, site,
)

__all__ = ['collect_ignore_glob', 'environments', 'site']
