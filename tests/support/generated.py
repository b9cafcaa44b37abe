"""Bodies and headers that no forge sends, and some that are nearly its own."""
import json

from hypothesis import strategies as st

from tests.support.deliver import REPOSITORY, signed
from tests.support.texts import TEXTS

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS |
    st.sampled_from(
        ['a' * 40, 'main', 'refs/heads/main', 'closed', REPOSITORY]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        TEXTS | st.sampled_from(['full_name', 'ref']), inner, max_size=3),
    max_leaves=8)
KEYS = ['repository', 'ref', 'after', 'action', 'pull_request', 'x']
BODIES = (st.binary() | VALUES.map(json.dumps).map(str.encode)
          | st.dictionaries(st.sampled_from(KEYS), VALUES).map(
              json.dumps).map(str.encode))
HEADERS = st.text(
    st.characters(max_codepoint=255, exclude_characters='\r\n\0'))
EVENTS = st.sampled_from(['push', 'pull_request', 'ping', '']) | HEADERS


@st.composite
def _deliveries(draw: st.DrawFn) -> tuple[bytes, dict[str, str], bool]:
    body, right = draw(BODIES), draw(st.booleans())
    given = {'X-GitHub-Event': draw(EVENTS), 'X-GitHub-Delivery': 'x',
             'X-Hub-Signature-256': signed(body) if right else draw(HEADERS)}
    return body, given, right


DELIVERIES = _deliveries()
"""A body, its headers, and whether they sign it; none wants a commit live."""
