"""Check that modules stay small, and that only one of them starts programs.

Which module may import which, import-linter checks: see setup.cfg. Each
complaint is a line ``file:line: what``.
"""
import ast
import re
from collections.abc import Iterator
from pathlib import Path

NOXFILE = Path('noxfile.py')
PROCESS_MODULE = Path('autodevelop/system/process.py')
"""The only module that starts programs; what they inherit is decided there."""

NOXFILE_LINES = 120
MODULE_LINES = 220
FUNCTION_LINES = 42
INNER_IMPORTS = 40
"""Of the whole package, in functions: each because a hook waits for it, or
because not every machine has the module."""

STARTS = re.compile(
    r'(subprocess\.)?Popen|subprocess\.(run|call|check_\w+|get\w*output)'
    r'|os\.(system|popen|exec\w+|spawn\w+|posix_spawnp?)')
"""Functions that start a program."""


def find_length(text: str, limit: int) -> Iterator[tuple[int, str]]:
    """Yield the first line beyond the limit, if there is one."""
    lines = text.count('\n')
    if lines > limit:
        yield limit + 1, f'file has {lines} lines; at most {limit}'


def find_long_function(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield a function that is too long."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES:
            yield node.lineno, (f'function {node.name} has {lines} lines; '
                                f'at most {FUNCTION_LINES}')


def find_shell(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield a call that uses a shell, which no module may do."""
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg == 'shell':
                yield node.lineno, 'shell=: pass a list of arguments'


def find_start(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield what starts a program, or imports what does."""
    if isinstance(node, ast.Call):
        names = [ast.unparse(node.func)]
    elif isinstance(node, ast.ImportFrom):
        # Popen is also a type; only a call of it starts a program.
        names = [f'{node.module}.{alias.name}' for alias in node.names
                 if alias.name != 'Popen']
    else:
        return
    for name in filter(STARTS.fullmatch, names):
        yield node.lineno, (f'{name}: start programs through '
                            f'{PROCESS_MODULE.stem}')


def find_inner_imports(path: Path) -> Iterator[tuple[Path, int, str]]:
    """Yield the imports in the functions of a module."""
    lines = {(each.lineno, ast.unparse(each))
             for function in ast.walk(ast.parse(path.read_text('utf-8')))
             if isinstance(function, ast.FunctionDef)
             for each in ast.walk(function)
             if isinstance(each, ast.Import | ast.ImportFrom)}
    yield from ((path, *each) for each in sorted(lines))


def find_complaints(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and text of each complaint about a module."""
    text = path.read_text(encoding='utf-8')
    yield from find_length(text, MODULE_LINES)
    for node in ast.walk(ast.parse(text)):
        yield from find_long_function(node)
        yield from find_shell(node)
        if path != PROCESS_MODULE:
            yield from find_start(node)


def main() -> int:
    """Check the project in this folder; 1 when there is a complaint."""
    found = [(NOXFILE, *complaint) for complaint in find_length(
        NOXFILE.read_text(encoding='utf-8'), NOXFILE_LINES)]
    paths = sorted(Path('autodevelop').rglob('*.py'))
    found += [(path, *complaint) for path in paths
              for complaint in find_complaints(path)]
    inner = [each for path in paths for each in find_inner_imports(path)]
    if len(inner) > INNER_IMPORTS:
        found += [(path, line, f'{what}: one of {len(inner)} imports in '
                   f'functions; at most {INNER_IMPORTS}')
                  for path, line, what in inner]
    for path, line, what in found:
        print(f'{path.as_posix()}:{line}: {what}')
    return 1 if found else 0


if __name__ == '__main__':
    raise SystemExit(main())
