"""The site of these pages, made by `nox -s docs`.

https://www.sphinx-doc.org/en/master/usage/configuration.html
"""
project = 'autodevelop'
extensions = ['myst_parser']
exclude_patterns = ['_build']
html_theme = 'furo'
html_title = 'autodevelop'
html_copy_source = False
html_show_sphinx = False
highlight_language = 'none'
# Links to a heading, as GitHub names it.
myst_heading_anchors = 3
nitpicky = True
