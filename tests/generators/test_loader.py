import itertools
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from boards.errors import ConfigError
from boards.generators.declared import DeclaredGenerator, Traits
from boards.generators.loader import LoadReport, OwnGenerators, load
from boards.generators.registry import GeneratorRegistry
from boards.generators.registry import registry as shared
from tests.catalog.words import declared

BASE = """
from pydantic import BaseModel
from boards.generators.base import BaseGenerator
from boards.generators.registry import registry

class Input(BaseModel):
    prompt: str = ""

class Base(BaseGenerator):
    artifact_type = "image"
    description = "For tests"
    def get_input_schema(self):
        return Input
    async def generate(self, inputs):
        raise ValueError("never")
    async def estimate_cost(self, inputs):
        return 0.0
"""

POSTERS = """
class Poster(Base):
    name = "poster"

class Sized(Base):
    name = "sized"
    def __init__(self, size, *, style="plain"):
        self.size, self.style = size, style

class Fixed(Base):
    @property
    def name(self):
        return "fixed"

class Unfinished(BaseGenerator):
    name, artifact_type, description = "unfinished", "image", "x"

class Broken(Base):
    name = "broken"
    def __init__(self):
        raise KeyError("no key")

class Wrong(Base):
    name = "wrong"
    artifact_type = "picture"

class Outer:
    class Inner(Base):
        name = "inner"

ready = Poster()
"""


class World:
    """A folder of importable modules and installed packages, and a file that lists generators."""

    _numbers = itertools.count(1)

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "generators.yaml"
        self.registry = GeneratorRegistry()
        # Modules are imported once per process: each test has names of its own.
        self.tag = f"t{next(self._numbers)}"

    def module(self, name: str, code: str = "") -> str:
        """Write a module on top of the common base; give its full name."""
        full = f"{self.tag}_{name}"
        (self.folder / f"{full}.py").write_text(BASE + textwrap.dedent(code))
        return full

    def posters(self) -> str:
        return self.module("posters", POSTERS)

    def package(self, name: str, **points: str) -> None:
        """Install a package that names these entry points."""
        info = self.folder / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = "\n".join(f"{point} = {value}" for point, value in points.items())
        (info / "entry_points.txt").write_text(f"[boards.generators]\n{lines}\n")

    def load(self, text: str, built_in: tuple[str, ...] = ()) -> LoadReport:
        self.file.write_text(textwrap.dedent(text))
        return load(self.registry, self.file, built_in)

    def faults(self, text: str) -> list[str]:
        """The faults of a strict load, without the folder's name."""
        with pytest.raises(ConfigError) as caught:
            self.load(text)
        assert len(self.registry) == 0, "nothing stays registered"
        return [fault.replace(f"{self.folder}/", "") for fault in caught.value.faults]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.syspath_prepend(tmp_path)
    before = list(shared.list_names())
    yield World(tmp_path)
    assert shared.list_names() == before, "a load into another registry leaves the shared one"


class TestClassEntries:
    @pytest.mark.parametrize("separator", [":", "."])
    def test_a_class_is_loaded_under_its_own_name(self, world, separator):
        report = world.load(f"generators: [{{class: '{world.posters()}{separator}Poster'}}]")

        assert world.registry.list_names() == ["poster"]
        assert report.loaded[0].name == "poster"
        assert report.loaded[0].source.endswith("generators.yaml:1)")
        assert report.warnings == ()

    def test_a_nested_class_is_found_behind_a_colon(self, world):
        world.load(f"generators: [{{class: '{world.posters()}:Outer.Inner'}}]")
        assert "inner" in world.registry

    def test_options_are_arguments_of_the_class(self, world):
        world.load(f"""
            generators:
              - class: {world.posters()}:Sized
                options: {{size: 2048, style: bold}}
        """)
        sized = world.registry.get("sized")
        assert (sized.size, sized.style) == (2048, "bold")

    def test_a_name_renames_this_instance_and_not_the_class(self, world):
        module = world.posters()
        world.load(f"""
            generators:
              - class: {module}:Poster
                name: poster-large
              - class: {module}:Poster
                aliases: [placard]
        """)
        assert world.registry.list_names() == ["poster-large", "poster"]
        assert world.registry.get("placard").name == "poster"
        assert sys.modules[module].Poster.name == "poster"

    def test_the_order_of_the_file_is_the_order_of_the_list(self, world):
        module = world.posters()
        registering = world.module(
            "registering", "registry.register(type('Zebra', (Base,), {'name': 'zebra'})())\n"
        )
        world.load(f"""
            generators:
              - class: {module}:Outer.Inner
              - import: {registering}
              - class: {module}:Poster
        """)
        assert world.registry.list_names() == ["inner", "zebra", "poster"]


class TestFaultsOfAClass:
    @pytest.mark.parametrize(
        ("entry", "says"),
        [
            ("class: {m}:Postr", "'{m}' has no class 'Postr'. Did you mean 'Poster'?"),
            ("class: {m}:ready", "'{m}:ready' is no class but"),
            ("class: {m}:Input", "is no generator; derive it from BaseGenerator."),
            ("class: {m}:Unfinished", "lacks the methods estimate_cost, generate, get_input"),
            ("class: {m}:Broken", "Broken cannot be made: KeyError: 'no key'"),
            ("class: {m}:Wrong", "has the artifact_type 'picture'; set one of image, video"),
            ("class: Poster", "'Poster' names no class; write `package.module:Class`."),
            ("class: no_such_module:Poster", "No module named 'no_such_module'; install the"),
            ("class: {m}:Sized", "Sized needs the option 'size'."),
            ("class: {m}:Poster, options: {{size: 1}}", "no option 'size'. It takes none."),
            ("class: {m}:Sized, options: {{sise: 1}}", "'sise'. Did you mean 'size'?"),
            ("class: {m}:Fixed, name: other", "the name of <Fixed 'fixed'> cannot be set"),
        ],
    )
    def test_is_said_with_its_line(self, world, entry, says):
        module = world.posters()
        text = f"generators:\n  - {{{entry.format(m=module)}}}\n"

        (fault,) = world.faults(text)

        assert fault.startswith("generators.yaml:2: ")
        assert says.format(m=module) in fault

    def test_two_entries_of_one_name_conflict_at_the_second(self, world):
        module = world.posters()
        (fault,) = world.faults(f"""
            generators:
              - class: {module}:Poster
              - class: {module}:Poster
        """)
        assert fault.startswith("generators.yaml:4: The name 'poster' is taken")

    def test_a_module_whose_own_code_fails_is_said_with_its_error(self, world):
        module = world.module("failing", "raise ZeroDivisionError('by zero')\n")
        (fault,) = world.faults(f"generators: [{{import: {module}}}]")
        assert "cannot be imported: ZeroDivisionError: by zero" in fault


REGISTERING = """
class One(Base):
    name = "one"

class Two(Base):
    name = "two"

registry.register(One(), aliases=["uno"])
registry.register(Two())
"""


class TestImportEntries:
    def test_all_that_the_module_registers_is_listed_by_it(self, world):
        module = world.module("registering", REGISTERING)

        report = world.load(f"generators: [{{import: {module}}}]")

        assert world.registry.list_names() == ["one", "two"]
        assert "uno" in world.registry
        assert [each.name for each in report.loaded] == ["one", "two"]

    def test_a_second_load_finds_what_an_earlier_import_registered(self, world):
        module = world.module("registering", REGISTERING)
        world.load(f"generators: [{{import: {module}}}]")
        world.registry.clear()

        world.load(f"generators: [{{import: {module}}}]")

        assert world.registry.list_names() == ["one", "two"]

    def test_a_module_that_the_program_has_imported_before_is_found(self, world):
        module = world.module("registering", REGISTERING)
        __import__(module)
        try:
            world.load(f"generators: [{{import: {module}}}]")
        finally:
            shared.unregister("one")
            shared.unregister("two")

        assert world.registry.list_names() == ["one", "two"]

    def test_loading_into_the_shared_registry_works_too(self, world):
        module = world.module("registering", REGISTERING)
        world.file.write_text(f"generators: [{{import: {module}}}]")
        try:
            load(shared, world.file, ())
            assert shared.list_names()[-2:] == ["one", "two"]
        finally:
            shared.unregister("one")
            shared.unregister("two")

    def test_a_module_that_registers_nothing_is_a_fault(self, world):
        (fault,) = world.faults(f"generators: [{{import: {world.posters()}}}]")
        assert "registers no generator; call `registry.register(MyGenerator())` in it" in fault

    @pytest.mark.parametrize("key", ["name: x", "options: {a: 1}", "aliases: [x]"])
    def test_name_options_and_aliases_do_not_go_with_import(self, world, key):
        module = world.module("registering", REGISTERING)
        (fault,) = world.faults(f"generators: [{{import: {module}, {key}}}]")
        assert "goes with class or entrypoint" in fault


class TestEntryPoints:
    def test_an_installed_package_is_found_by_its_entry_point(self, world):
        module = world.posters()
        world.package("acme-posters", big=f"{module}:Sized")

        report = world.load("""
            generators:
              - entrypoint: big
                name: acme-big
                options: {size: 9}
        """)

        assert world.registry.get("acme-big").size == 9
        assert "entrypoint big" in report.loaded[0].source

    def test_an_instance_is_taken_as_it_is_and_never_renamed_itself(self, world):
        module = world.posters()
        world.package("acme-posters", ready=f"{module}:ready")

        world.load("generators: [{entrypoint: ready, name: mine}]")

        assert world.registry.list_names() == ["mine"]
        assert sys.modules[module].ready.name == "poster"

    def test_an_instance_takes_no_options(self, world):
        world.package("acme-posters", ready=f"{world.posters()}:ready")
        (fault,) = world.faults("generators: [{entrypoint: ready, options: {a: 1}}]")
        assert "is an instance already; `options` need a class" in fault

    def test_an_unknown_one_is_a_fault_with_the_nearest(self, world):
        world.package("acme-posters", palette=f"{world.posters()}:ready")
        (fault,) = world.faults("generators: [{entrypoint: pallete}]")
        assert "no installed package has the entry point 'pallete'" in fault
        assert "Did you mean 'palette'?" in fault

    def test_one_name_in_two_packages_is_a_fault_that_names_both(self, world):
        module = world.posters()
        world.package("acme", poster=f"{module}:Poster")
        world.package("zenith", poster=f"{module}:Poster")
        (fault,) = world.faults("generators: [{entrypoint: poster}]")
        assert "acme 1.0 and zenith 1.0 both have the entry point 'poster'" in fault

    def test_one_that_cannot_be_loaded_names_its_package(self, world):
        world.package("acme", poster=f"{world.tag}_gone:Poster")
        (fault,) = world.faults("generators: [{entrypoint: poster}]")
        assert "the entry point 'poster' of acme 1.0 cannot be loaded: ModuleNotFound" in fault

    def test_one_that_is_no_generator_is_a_fault(self, world):
        world.package("acme", poster=f"{world.posters()}:Input")
        (fault,) = world.faults("generators: [{entrypoint: poster}]")
        assert "is no generator" in fault


class TestDisabled:
    def test_a_disabled_entry_is_skipped_and_reported(self, world):
        module = world.posters()
        report = world.load(f"""
            generators:
              - class: {module}:Broken
                enabled: false
              - class: {module}:Poster
                enabled: true
        """)
        assert world.registry.list_names() == ["poster"]
        assert report.disabled == (f"{world.file}:3: class {module}:Broken",)

    def test_a_disabled_entry_keeps_its_generator_out_of_the_unlisted_too(self, world):
        module = world.posters()
        world.package("acme", inner=f"{module}:Outer.Inner")
        world.load(
            f"""
            allow_unlisted: true
            generators:
              - class: {module}.Poster
                enabled: false
              - entrypoint: inner
                enabled: false
            """,
            built_in=(f"{module}:Poster",),
        )
        assert world.registry.list_names() == []


class TestUnlisted:
    def test_by_default_only_what_is_listed_is_loaded(self, world):
        module = world.posters()
        world.package("acme", inner=f"{module}:Outer.Inner")
        world.load(f"generators: [{{class: {module}.Poster}}]", built_in=(f"{module}:Outer.Inner",))
        assert world.registry.list_names() == ["poster"]

    def test_allowed_they_bring_the_built_ins_and_every_installed_entry_point(self, world):
        module = world.posters()
        more = world.module("more", "class More(Base):\n    name = 'more'\n")
        world.package("acme", more=f"{more}:More")

        report = world.load(
            f"""
            allow_unlisted: true
            generators:
              - class: {module}:Sized
                options: {{size: 1}}
            """,
            built_in=(f"{module}:Poster",),
        )

        assert world.registry.list_names() == ["sized", "poster", "more"]
        assert [each.source for each in report.loaded[1:]] == [
            "built in",
            "entry point more of acme 1.0",
        ]

    def test_what_is_listed_is_not_loaded_twice(self, world):
        module = world.posters()
        world.package("acme", poster=f"{module}:Poster", other=f"{module}:Poster")
        world.load(
            f"""
            allow_unlisted: true
            generators:
              - class: {module}.Poster
                name: mine
            """,
            built_in=(f"{module}:Poster",),
        )
        assert world.registry.list_names() == ["mine"]

    def test_an_installed_package_that_is_broken_is_a_fault_at_the_line_that_allows_it(self, world):
        world.package("acme", poster=f"{world.tag}_gone:Poster")
        (fault,) = world.faults("\nallow_unlisted: true\n")
        assert fault.startswith("generators.yaml:2: entry point poster of acme 1.0: ")

    def test_what_a_listed_class_module_registers_by_the_way_is_left_out_and_reported(self, world):
        module = world.module("registering", REGISTERING)

        report = world.load(f"generators: [{{class: {module}:Two}}]")

        assert world.registry.list_names() == ["two"]
        (warning,) = report.warnings
        assert "also registers 'one', which is not listed; it is left out" in warning

    def test_allowed_it_is_loaded(self, world):
        module = world.module("registering", REGISTERING)
        world.load(f"""
            allow_unlisted: true
            generators: [{{class: {module}:Two}}]
        """)
        assert world.registry.list_names() == ["two", "one"]
        assert "uno" in world.registry

    def test_what_was_left_out_once_can_be_listed_by_import_later(self, world):
        module = world.module("registering", REGISTERING)
        world.load(f"generators: [{{class: {module}:Two}}]")
        world.registry.clear()

        world.load(f"generators: [{{import: {module}}}]")

        assert sorted(world.registry.list_names()) == ["one", "two"]


class TestStrictMode:
    FAULTY = """
        strict_mode: {strict}
        generatrs: []
        generators:
          - class: {module}:Poster
          - class: {module}:Postr
          - {{class: {module}:Poster, import: {module}}}
          - enabled: maybe
    """

    def test_all_faults_come_in_one_error_each_with_its_line(self, world):
        module = world.posters()
        faults = world.faults(self.FAULTY.format(module=module, strict="true"))
        assert [fault.split(": ")[0] for fault in sorted(faults)] == [
            "generators.yaml:3",
            "generators.yaml:6",
            "generators.yaml:7",
            "generators.yaml:8",
        ]
        assert any("unknown key 'generatrs'. Did you mean 'generators'?" in f for f in faults)
        assert any("this one has import and class" in f for f in faults)
        assert any("this one has none" in f for f in faults)

    def test_without_it_the_faulty_entries_are_left_out_and_the_faults_are_warnings(self, world):
        report = world.load(self.FAULTY.format(module=world.posters(), strict="false"))

        assert world.registry.list_names() == ["poster"]
        assert len(report.warnings) == 4

    def test_generators_that_were_there_before_survive_a_failed_load(self, world):
        module = world.posters()
        world.load(f"generators: [{{class: {module}:Poster}}]")
        with pytest.raises(ConfigError):
            world.load(f"generators: [{{class: {module}:Outer.Inner}}, {{class: {module}:Nope}}]")
        assert world.registry.list_names() == ["poster"]


class TestTheFile:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "is empty; list `generators:`"),
            ("strict_mode: true", "no `generators:` are listed and `allow_unlisted` is not true"),
            ("- a", "1: the file must hold `generators:` with a list"),
            ("generators: {a: 1}", "1: `generators` must be a list"),
            ("generators: [poster]", "an entry needs a key, such as `class:"),
            ("generators: []\nallow_unlisted: maybe", "2: `allow_unlisted` must be true or false"),
            ("generators: []\nstrict_mode: 1", "2: `strict_mode` must be true or false, not 1"),
            ("generators: []\ngenerators: []", "2: 'generators' stands twice"),
            ("generators: [{class: 5}]", "1: `class` must be a text, not 5"),
            ("generators: [{class: a:B, options: [1]}]", "`options` must be a mapping"),
            ("generators: [{class: a:B, aliases: x}]", "`aliases` must be a list of names"),
            ("generators: [{class: a:B, enabeld: false}]", "'enabeld'. Did you mean 'enabled'?"),
            ("generators: [{class: a:B, options: {a: !!python/name:os.system x}}]", "plain value"),
            ("generators: [{falls: flux}]", "unknown key 'falls'"),
        ],
    )
    def test_its_faults_name_the_line(self, world, text, says):
        assert any(says in fault for fault in world.faults(text)), says

    def test_text_that_is_no_yaml_names_the_line(self, world):
        (fault,) = world.faults("generators:\n  - class: [\n")
        assert fault.startswith("generators.yaml:3: this is no YAML: ")

    def test_a_file_that_is_not_there_is_an_error(self, world):
        with pytest.raises(ConfigError, match="There is no file"):
            load(world.registry, world.folder / "gone.yaml", ())

    def test_a_file_that_is_no_text_is_an_error(self, world):
        world.file.write_bytes(b"\xff\xfe\x00")
        with pytest.raises(ConfigError, match="cannot be read"):
            load(world.registry, world.file, ())

    def test_an_empty_list_is_meant(self, world):
        assert world.load("generators: []").loaded == ()


class TestWithoutAFile:
    def test_the_built_ins_are_loaded_and_nothing_that_is_merely_installed(self, world):
        module = world.posters()
        world.package("acme", inner=f"{module}:Outer.Inner")

        report = load(world.registry, None, (f"{module}:Poster",))

        assert world.registry.list_names() == ["poster"]
        assert report.loaded[0].source == "built in"

    def test_a_built_in_that_cannot_be_loaded_is_an_error(self, world):
        with pytest.raises(ConfigError, match=r"built-in no_such_module:X: .*cannot be imported"):
            load(world.registry, None, ("no_such_module:X",))


class Silent:
    """A transport that nobody speaks through."""

    traits = Traits(provider="fal")
    unavailable = None


def model(name: str, provider: str = "fal", endpoint: str = "one/x") -> DeclaredGenerator:
    words = declared(name=name, provider=provider, endpoint=endpoint)
    return DeclaredGenerator(words, Silent())  # type: ignore[arg-type]


class TestModelsOfProviders:
    """Entries `fal` and `replicate`: models that were added, and nothing is fetched for them."""

    @pytest.fixture
    def own(self):
        return OwnGenerators(
            generators=(
                model("first"),
                model("second"),
                model("third", "replicate", f"owner/third:{'a' * 64}"),
            ),
            faults=("catalog/bad.toml:3: x",),
        )

    @pytest.fixture
    def names(self, world, own):
        def load_names(text: str | None, shipped: tuple[DeclaredGenerator, ...] = ()) -> list[str]:
            if text is not None:
                world.file.write_text(textwrap.dedent(text))
            path = None if text is None else world.file
            self.report = load(world.registry, path, (), lambda: shipped, lambda: own)
            return world.registry.list_names()

        return load_names

    def test_are_taken_by_their_provider_s_name(self, names):
        text = """
            strict_mode: false
            generators:
              - fal: one/x
              - replicate: owner/third
                aliases: [three]
        """

        assert names(text) == ["first", "third"]

    def test_may_have_another_name(self, names, world):
        text = """
            strict_mode: false
            generators:
              - {fal: one/x, name: second}
              - {fal: one/x, name: mine}
        """

        assert names(text) == ["second", "mine"]

    def test_are_taken_by_their_own_name_too(self, names):
        assert names("strict_mode: false\ngenerators: [{catalog: third}]") == ["third"]

    def test_that_come_with_boards_need_not_be_added(self, names):
        shipped = model("shipped", endpoint="a/b")

        found = names("strict_mode: false\ngenerators: [{fal: a/b}]", (shipped,))

        assert found == ["shipped"]

    def test_are_all_there_without_a_file(self, names):
        with pytest.raises(ConfigError, match=r"catalog/bad\.toml:3"):
            names(None)

    def test_are_all_there_when_unlisted_ones_are_allowed(self, names):
        text = "strict_mode: false\nallow_unlisted: true\ngenerators: [{fal: one/x, name: a}]"

        assert names(text) == ["a", "third"]
        assert self.report.warnings == ("catalog/bad.toml:3: x",)

    def test_that_were_not_added_stop_the_start_and_say_how(self, world):
        (fault,) = world.faults("generators:\n  - fal: fal-ai/flux/dev")

        assert fault == (
            "generators.yaml:2: the model 'fal-ai/flux/dev' of fal has not been added; run "
            "`boards catalog add fal:fal-ai/flux/dev` once, with the network."
        )

    def test_take_no_options(self, world):
        assert (
            "`options` goes with class" in world.faults("generators: [{fal: a/b, options: {}}]")[0]
        )
