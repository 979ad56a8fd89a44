"""A module's text with one thing in it broken: each comparison, condition and demand in turn.

It is for the verifier that lies in exports, which runs alone and so cannot hold the switch by which
mutmut chooses among its mutants. Sentences are left as they are.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.In: ast.NotIn,
    ast.Is: ast.IsNot,
    ast.Lt: ast.GtE,
    ast.Gt: ast.LtE,
}
_NEGATED |= {after: before for before, after in _NEGATED.items()}
_MOVED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.Gt: ast.GtE}
_MOVED |= {after: before for before, after in _MOVED.items()}
_OTHER_CALL = {"any": "all", "all": "any"}


_UNTOUCHED = {"annotation", "returns", "decorator_list"}


Path = tuple[tuple[str, int | None], ...]


class Broken(NamedTuple):
    """Where it is broken, what stood there and what stands there now.

    Outside of functions, `where` names the class, or the module.
    """

    where: str
    is_in_function: bool
    before: str
    after: str
    path: Path
    changed: ast.AST

    @property
    def change(self) -> str:
        """The change as docs/mutation.md writes it."""
        return f"{self.before} → {self.after}"

    def whole(self, source: str) -> ast.Module:
        """All of the module, with this in its place."""
        tree = ast.parse(source)
        node: ast.AST = tree
        for field, index in self.path[:-1]:
            found = getattr(node, field)
            node = found if index is None else found[index]
        field, index = self.path[-1]
        if index is None:
            setattr(node, field, self.changed)
        else:
            getattr(node, field)[index] = self.changed
        return ast.fix_missing_locations(tree)


def broken(source: str) -> Iterator[Broken]:
    """Every way to break it, from the top down."""
    for where, is_in_function, path, node in _places(ast.parse(source)):
        for changed in _changes(node):
            if ast.dump(changed) != ast.dump(node):
                before, after = _written(node), _written(changed)
                yield Broken(where, is_in_function, before, after, path, changed)


def _places(
    node: ast.AST, names: tuple[str, ...] = (), path: Path = (), *, is_in_function: bool = False
) -> Iterator[tuple[str, bool, Path, ast.AST]]:
    """Each node that can be broken, with the function it is in and the way to it."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        names, is_in_function = (*names, node.name), isinstance(node, ast.FunctionDef)
    yield ".".join(names) or "(module)", is_in_function, path, node
    for field, value in ast.iter_fields(node):
        for index, child in _children(value) if field not in _UNTOUCHED else ():
            if not isinstance(child, ast.JoinedStr):
                way = (*path, (field, index))
                yield from _places(child, names, way, is_in_function=is_in_function)


def _children(value: object) -> Iterator[tuple[int | None, ast.AST]]:
    if isinstance(value, ast.AST):
        yield None, value
    elif isinstance(value, list):
        yield from ((n, one) for n, one in enumerate(value) if isinstance(one, ast.AST))


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What could stand there instead."""
    match node:
        case ast.Compare():
            yield from _compared_otherwise(node)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            yield from (_of_each(op, rest) for rest in _without_one(values))
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.If() | ast.IfExp():
            yield from (_replaced(node, test=ast.Constant(value)) for value in (True, False))
        case ast.comprehension(ifs=ifs):
            yield from (_replaced(node, ifs=rest) for rest in _without_one(ifs))
        case ast.Call(ast.Name(name)) if name in _OTHER_CALL:
            yield _replaced(node, func=ast.Name(_OTHER_CALL[name], ast.Load()))
        case ast.Constant(value) if type(value) is int:
            yield ast.Constant(value + 1)
        case ast.Expr(ast.Call()) | ast.Raise() | ast.AugAssign() | ast.Expr(ast.YieldFrom()):
            yield ast.Pass()


def _compared_otherwise(node: ast.Compare) -> Iterator[ast.AST]:
    """Negated, moved by one, with a link of the chain less, or with a pair of two tuples less."""
    for table in (_NEGATED, _MOVED):
        for n, op in enumerate(node.ops):
            if type(op) in table:
                ops = [*node.ops[:n], table[type(op)](), *node.ops[n + 1 :]]
                yield ast.Compare(node.left, ops, node.comparators)
    parts = [node.left, *node.comparators]
    if len(node.ops) > 1:
        yield ast.Compare(parts[0], node.ops[:-1], parts[1:-1])
        yield ast.Compare(parts[1], node.ops[1:], parts[2:])
    match node:
        case ast.Compare(ast.Tuple(elts=left), [ast.Eq()], [ast.Tuple(elts=right)]):
            for one, other in zip(_without_one(left), _without_one(right), strict=True):
                yield ast.Compare(_tuple(one), node.ops, [_tuple(other)])
        case ast.Compare(
            left, ops=[*_, ast.In() | ast.NotIn()], comparators=[*more, ast.Tuple(elts)]
        ):
            for rest in _without_one(elts):
                yield ast.Compare(left, node.ops, [*more, _tuple(rest)])


def _tuple(values: list[ast.expr]) -> ast.Tuple:
    return ast.Tuple(values, ast.Load())


def _without_one(values: list[ast.expr]) -> Iterator[list[ast.expr]]:
    return (values[:n] + values[n + 1 :] for n in range(len(values)))


def _of_each(op: ast.boolop, rest: list[ast.expr]) -> ast.expr:
    return rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)


def _replaced(node: ast.AST, **fields: object) -> ast.AST:
    return type(node)(**(dict(ast.iter_fields(node)) | fields))


def _written(node: ast.AST) -> str:
    """The first line of it: what it decides on, not what follows."""
    if isinstance(node, ast.comprehension):
        return ast.unparse(ast.GeneratorExp(ast.Name("it", ast.Load()), [node]))
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}"
    return " ".join(ast.unparse(node).split())
