"""A forge, the server's copy of its repository, and a target."""
from tests.integration.deploy.conftest import environments, repository, site

__all__ = ['environments', 'repository', 'site']
