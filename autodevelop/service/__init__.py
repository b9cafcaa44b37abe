"""The Flask service that divides two numbers.

``flask --app autodevelop.service run`` and
``gunicorn 'autodevelop.service:create_app()'`` both find the factory here.
"""
from autodevelop.service.app import create_app
from autodevelop.service.division import compute_division

__all__ = ['compute_division', 'create_app']
