import pytest

from boards.generators.registry import GeneratorRegistry, registry
from tests.generators.samples import Sample


@pytest.fixture
def generators() -> GeneratorRegistry:
    return GeneratorRegistry()


def test_there_is_one_registry_for_the_process():
    assert isinstance(registry, GeneratorRegistry)


class TestNames:
    def test_generators_are_listed_in_the_order_of_their_registration(self, generators):
        first, second = Sample("b"), Sample("a", "audio")
        generators.register(first)
        generators.register(second)

        assert generators.list_all() == [first, second]
        assert generators.list_names() == ["b", "a"]
        assert generators.list_by_artifact_type("audio") == [second]
        assert len(generators) == 2

    def test_an_unknown_name_gives_none(self, generators):
        assert generators.get("nobody") is None
        assert "nobody" not in generators
        assert generators.unregister("nobody") is False

    def test_a_taken_name_is_refused_and_both_generators_are_named(self, generators):
        generators.register(Sample("poster"))

        class Other(Sample):
            pass

        with pytest.raises(ValueError, match=r"'poster' is taken.*Sample 'poster'.*Other"):
            generators.register(Other("poster"))
        assert len(generators) == 1

    def test_clear_forgets_everything(self, generators):
        generators.register(Sample("a"), aliases=["b"])
        generators.clear()

        assert len(generators) == 0
        assert "b" not in generators


class TestAliases:
    def test_an_alias_finds_the_generator_and_is_neither_listed_nor_counted(self, generators):
        poster = Sample("poster")
        generators.register(poster, aliases=("old-poster", "placard"))

        assert generators.get("placard") is poster
        assert "old-poster" in generators
        assert generators.list_all() == [poster]
        assert generators.list_names() == ["poster"]
        assert generators.aliases_of("poster") == ["old-poster", "placard"]
        assert len(generators) == 1

    @pytest.mark.parametrize("taken", ["poster", "placard"])
    def test_an_alias_that_is_taken_is_refused_and_nothing_is_registered(self, generators, taken):
        generators.register(Sample("poster"), aliases=["placard"])

        with pytest.raises(ValueError, match=f"'{taken}' is taken.*'poster'.*'other'"):
            generators.register(Sample("other"), aliases=["fresh", taken])
        assert "other" not in generators
        assert "fresh" not in generators

    def test_a_name_that_is_somebodys_alias_is_refused(self, generators):
        generators.register(Sample("poster"), aliases=["placard"])

        with pytest.raises(ValueError, match="an alias of <Sample 'poster'>"):
            generators.register(Sample("placard"))

    def test_unregister_drops_the_aliases_and_goes_by_the_name_alone(self, generators):
        generators.register(Sample("poster"), aliases=["placard"])

        assert generators.unregister("placard") is False
        assert generators.unregister("poster") is True
        assert "placard" not in generators
        generators.register(Sample("placard"))

    def test_one_text_is_no_list_of_aliases(self, generators):
        with pytest.raises(ValueError, match="must be a list of names"):
            generators.register(Sample("poster"), aliases="old")

    def test_an_alias_equal_to_the_name_is_refused(self, generators):
        with pytest.raises(ValueError, match="the name and an alias"):
            generators.register(Sample("poster"), aliases=["poster"])


class TestWhatIsRefused:
    @pytest.mark.parametrize("name", ["", "  ", None, " padded"])
    def test_a_generator_without_a_proper_name(self, generators, name):
        with pytest.raises(ValueError, match="Sample has no name; set `name ="):
            generators.register(Sample(name))

    @pytest.mark.parametrize("description", ["", "\n", None])
    def test_a_generator_without_a_description(self, generators, description):
        sample = Sample()
        sample.description = description

        with pytest.raises(ValueError, match=r"'sample' has no description; set `description"):
            generators.register(sample)

    def test_a_generator_that_only_annotates_its_name(self, generators):
        class Nameless(Sample):
            name: str

            def __init__(self) -> None:
                self.artifact_type = "image"

        with pytest.raises(ValueError, match="Nameless has no name"):
            generators.register(Nameless())

    @pytest.mark.parametrize("kind", ["picture", "model", "", None])
    def test_an_artifact_type_that_is_none_of_the_five(self, generators, kind):
        with pytest.raises(ValueError, match="set one of image, video, audio, text, lora"):
            generators.register(Sample(artifact_type=kind))

    def test_a_class_in_place_of_an_instance(self, generators):
        with pytest.raises(ValueError, match=r"Register an instance: `registry.register\(Sample"):
            generators.register(Sample)

    def test_something_else(self, generators):
        with pytest.raises(ValueError, match="'poster' is no generator"):
            generators.register("poster")
