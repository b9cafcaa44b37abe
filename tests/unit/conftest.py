"""How long hypothesis looks for a counterexample."""
from hypothesis import HealthCheck, settings

# Short: people wait for these. `nox -s fuzz` looks for longer. Named here,
# since hypothesis's own profile for CI repeats the same examples.
settings.register_profile(
    'short', max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture])
for name, examples in [('fuzz', 5000), ('fuzz-slow', 500)]:
    settings.register_profile(
        name, max_examples=examples, deadline=None, derandomize=False)
settings.load_profile('short')
