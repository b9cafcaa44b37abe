"""Names that hold anything, as text in files."""
import json

import pytest
import yaml

from autodevelop.ci.template import encode, quote

NAMES = ['tests-3.13(linux)', '', "it's", 'a"b\\', '$(id) `id` ${{ x }}',
         '%PATH% !x! ^ & | < >', 'a\nb\r\tc', '\x00\x1b\x7f\x85\u2028\ufeff',
         'gr\xfc\xdfe \U0001f600', '<< x >>', '# no comment', '- [ { * &']


@pytest.mark.parametrize('name', NAMES)
def test_quoted_text_is_itself_in_yaml_and_in_json(name: str) -> None:
    text = quote(name)
    assert yaml.safe_load(f'key: {text}') == {'key': name}
    assert json.loads(text) == name
    assert '\n' not in text


def test_a_list_of_cells_holds_no_letter_that_anything_expands() -> None:
    text = encode(NAMES)
    assert json.loads(text) == NAMES
    assert text.isascii()
    assert not set(text) & set("$`%!&|<>^~*?#;'{}@\n\r\t")


def test_a_plain_name_can_be_read_in_it() -> None:
    assert encode(NAMES[:1]) == '["tests-3.13(linux)"]'
