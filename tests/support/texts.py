"""Any text, for hypothesis."""
from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=['Cs']))
"""As ``st.text()``, of which a fresh clone first encodes every character: 2 s.
"""
