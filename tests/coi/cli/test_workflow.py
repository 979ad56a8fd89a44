"""`coi workflow` lists, proves, shows and draws definitions."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from coi.cli import main
from coi.definitions import packaged

NAME = "autologous-car-t.1"
NAMES = [name.rpartition(".")[0] for name in packaged()]


def run(*arguments: str):
    """Run the command line as a person would."""
    return CliRunner().invoke(main, ["workflow", *arguments])


@pytest.fixture
def mistaken(tmp_path):
    """A definition with two mistakes."""
    path = tmp_path / "mine.yaml"
    text = packaged()[NAME].replace("version: 1", "version: one", 1)
    path.write_text(text.replace("verb: order", "verb: wish", 1), encoding="utf-8")
    return path


@pytest.fixture
def stranded(tmp_path):
    """A definition that loads, but whose shipments cannot be taken back."""
    path = tmp_path / "stranded.yaml"
    shipment = "{machine: shipment, from: [packed], pick: scanned, custody: "
    text = packaged()[NAME].replace(f"{shipment}takes_back", f"{shipment}keeps")
    path.write_text(text, encoding="utf-8")
    return path


def test_list_names_every_packaged_definition():
    """Each packaged definition stands on a line with its title."""
    told = run("list").stdout.splitlines()

    assert f"{NAME}  Autologous CAR-T, central manufacture, cryopreserved product" in told
    assert [line.split("  ")[0] for line in told] == list(packaged())


def test_check_proves_the_packaged_definitions():
    """Without a file everything packaged is proven."""
    result = run("check")

    assert result.exit_code == 0
    assert f"{NAME}: 11 machines, " in result.stdout
    assert "no problem found" in result.stdout


def test_check_names_every_problem_with_its_line(mistaken):
    """A mistaken file is named with place, line, reason and advice; the exit status tells."""
    result = run("check", str(mistaken))

    assert result.exit_code == 1
    assert f"{mistaken}: line 4, version: is not a whole number. Write a" in result.stdout
    assert "actions.order.verb: is not one of the known words. Write one of: " in result.stdout


def test_check_names_what_does_not_hold_with_its_line(stranded):
    """A file that loads but breaks a property is refused at the line of the rule."""
    result = run("check", str(stranded))

    lines = stranded.read_text(encoding="utf-8").splitlines()
    rule = "      - {machine: shipment, from: [packed], pick: scanned, custody: releases}"
    place = f"line {lines.index(rule) + 1}, actions.release_shipment.moves[0]"
    assert result.exit_code == 1
    assert f"{place}: releases what cannot be taken back: shipment packed." in result.stdout


def test_a_missing_file_is_named(tmp_path):
    """A file that is not there is named, without a trace."""
    result = run("check", str(tmp_path / "none.yaml"))

    assert result.exit_code == 1
    assert "No such file" in result.stderr


def test_show_tells_what_an_action_asks():
    """An action is shown with who, moves, guards and signatures, as the definition writes them."""
    shown = run("show", NAME).stdout

    assert "Infuse (the bag is empty afterwards) (infuse)\n" in shown
    assert "  signature: witnessed by infusion_nurse or treating_physician\n" in shown
    assert "  moves product (scanned): checked or infusing → infused, custody ends\n" in shown
    assert "  guard: bedside_check_is_fresh\n" in shown


def test_show_reads_a_file_too(mistaken):
    """What is wrong with a file is said on standard error, with a code."""
    result = run("show", str(mistaken))

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "[DEFINITION_REFUSED]" in result.stderr


def test_an_unknown_name_is_said_in_words():
    """No trace, but a sentence, the next step and the code."""
    result = run("show", "elsewhere")

    assert result.exit_code == 1
    assert result.stderr.startswith("No workflow elsewhere is known here.\n")
    assert "[UNKNOWN]" in result.stderr


@pytest.mark.parametrize(("form", "beginning"), [("svg", "<svg "), ("mermaid", "stateDiagram-v2")])
def test_diagram_is_written_to_standard_output(form, beginning):
    """Both forms can be piped onwards."""
    assert run("diagram", NAME, "--format", form).stdout.startswith(beginning)


def test_diagram_is_written_to_a_file(tmp_path):
    """One machine's picture goes where it is asked for."""
    path = tmp_path / "product.svg"

    result = run("diagram", NAME, "--machine", "product", "-o", str(path))

    assert (result.exit_code, result.stdout) == (0, "")
    assert path.read_text(encoding="utf-8").startswith("<svg ")


def test_diagram_of_an_unknown_machine_is_wrong_usage():
    """The machines that exist are named."""
    result = run("diagram", NAME, "--machine", "rocket")

    assert result.exit_code == 2
    assert "none of: therapy, collection, material" in result.stderr


@pytest.mark.parametrize("name", NAMES)
def test_the_published_matrix_is_current(name):
    """Each page of permissions is what the command would write now."""
    page = "docs/permissions.md" if name == NAMES[0] else f"docs/permissions-{name}.md"
    written = Path(page).read_text(encoding="utf-8")

    current = run("matrix", name).stdout

    assert current == written, f"run: coi workflow matrix {name} -o {page}"


@pytest.mark.parametrize("name", NAMES)
def test_the_published_picture_is_current(name):
    """The picture of each definition is what the command would draw now, and is named."""
    picture = Path(f"docs/images/{name}.svg")

    current = run("diagram", name).stdout

    assert current == picture.read_text(encoding="utf-8"), (
        f"run: coi workflow diagram {name} -o {picture}"
    )
    assert f"images/{picture.name}" in Path("docs/workflows.md").read_text(encoding="utf-8")


def test_the_matrix_can_be_written_to_a_file(tmp_path):
    """It is the same as on the screen."""
    file = tmp_path / "permissions.md"

    run("matrix", "autologous-car-t", "-o", str(file))

    assert file.read_text(encoding="utf-8") == run("matrix", "autologous-car-t").stdout


def test_the_matrix_says_what_each_role_may_do_of_a_step():
    """Acting and signing are two rights; where nothing stands there is none."""
    told = run("matrix", "autologous-car-t").stdout
    heads = next(line for line in told.splitlines() if line.startswith("| Step |")).split(" | ")
    thaw = next(line for line in told.splitlines() if "(`thaw`)" in line).split(" | ")

    cells = dict(zip(heads, thaw, strict=True))
    assert cells["cell lab technologist"] == "acts, signs"
    assert cells["infusion nurse"] == "signs"
    assert cells["courier"] == "-"
