"""How long hypothesis looks for a counterexample."""
from hypothesis import HealthCheck, settings

# Short: people wait for these. `nox -s fuzz` looks for longer. Named here,
# since hypothesis's own profile for CI repeats the same examples.
settings.register_profile(
    'short', max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.register_profile(
    'fuzz', max_examples=5000, deadline=None, derandomize=False)
settings.load_profile('short')
