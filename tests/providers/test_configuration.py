"""Providers are configured by settings, and their models listed in generators.yaml."""

from pathlib import Path

import pytest

from boards.adapters.providers import PROVIDERS
from boards.adapters.providers.declared import Transports, declared_generators, make_transport
from boards.adapters.providers.wire import ConfiguredKeys, Connection
from boards.bootstrap import open_app
from boards.bootstrap.providers import limits_of
from boards.catalog import load_declarations
from boards.domain.generations import Phase
from boards.errors import ConfigError, NotConfigured
from boards.generators.declared import Job
from boards.generators.loader import load
from boards.generators.registry import GeneratorRegistry
from boards.outbound.client import GuardedClient
from boards.services.submit import SubmitRequest
from boards.settings import load_settings

ALL = {each.name for each in load_declarations()}
FAL = {each.name for each in load_declarations("fal")}


def settings(tmp_path: Path, **variables: str):
    return load_settings({"HOME": str(tmp_path), **variables}, cwd=tmp_path)


def refusal(tmp_path: Path, **variables: str) -> str:
    with pytest.raises(ConfigError) as refused:
        settings(tmp_path, **variables)
    return str(refused.value)


class TestAddresses:
    def test_are_set_in_the_environment(self, tmp_path):
        found = settings(
            tmp_path,
            BOARDS_PROVIDERS__FAL__BASE_URL="http://127.0.0.1:8099/fal/",
            BOARDS_PROVIDERS__FAL__UPLOAD_URL="http://127.0.0.1:8099/fal-rest",
        )

        assert found.providers["fal"].base_url == "http://127.0.0.1:8099/fal"
        assert found.providers["fal"].upload_url == "http://127.0.0.1:8099/fal-rest"

    def test_are_set_in_the_file_and_the_environment_wins(self, tmp_path):
        (tmp_path / "boards.toml").write_text(
            '[providers.fal]\nbase_url = "https://a.example"\nupload_url = "https://b.example"\n'
        )

        found = settings(tmp_path, BOARDS_PROVIDERS__FAL__BASE_URL="https://c.example")

        assert found.providers["fal"].base_url == "https://c.example"
        assert found.providers["fal"].upload_url == "https://b.example"

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("BOARDS_PROVIDERS__FALL__BASE_URL", "https://a.example", "did you mean"),
            ("BOARDS_PROVIDERS__FAL__BASEURL", "https://a.example", "did you mean"),
            ("BOARDS_PROVIDERS__FAL__BASE_URL", "queue.fal.run", "no web address"),
            ("BOARDS_PROVIDERS__FAL__BASE_URL", "ftp://a.example", "no web address"),
        ],
    )
    def test_that_make_no_sense_are_refused(self, tmp_path, name, value, said):
        assert said in refusal(tmp_path, **{name: value})

    def test_of_unknown_providers_in_the_file_are_refused(self, tmp_path):
        (tmp_path / "boards.toml").write_text('[providers.fall]\nbase_url = "https://a.example"\n')

        assert "there is no provider 'fall'" in refusal(tmp_path)


class TestKeys:
    def test_stand_under_their_own_names(self, tmp_path):
        found = settings(tmp_path, FAL_KEY="one", OPENAI_API_KEY="")

        assert {name: key.get_secret_value() for name, key in found.generator_api_keys.items()} == {
            "FAL_KEY": "one"
        }

    def test_stand_together_and_win(self, tmp_path):
        found = settings(
            tmp_path, FAL_KEY="one", BOARDS_GENERATOR_API_KEYS='{"FAL_KEY": "two", "X_KEY": "x"}'
        )

        assert found.generator_api_keys["FAL_KEY"].get_secret_value() == "two"
        assert found.generator_api_keys["X_KEY"].get_secret_value() == "x"

    def test_stand_in_the_dotenv_file(self, tmp_path):
        (tmp_path / ".env").write_text("FAL_KEY=one\n")

        assert settings(tmp_path).generator_api_keys["FAL_KEY"].get_secret_value() == "one"

    def test_are_in_no_repr(self, tmp_path):
        assert "planted" not in repr(settings(tmp_path, FAL_KEY="planted"))

    @pytest.mark.parametrize("value", ["planted", "[1]", '{"FAL_KEY": ["planted"]}'])
    def test_that_cannot_be_read_are_not_quoted(self, tmp_path, value):
        said = refusal(tmp_path, BOARDS_GENERATOR_API_KEYS=value)

        assert "BOARDS_GENERATOR_API_KEYS" in said
        assert "planted" not in said


class TestCaps:
    def test_caps_and_rates_come_from_settings(self, tmp_path):
        found = settings(
            tmp_path,
            BOARDS_PROVIDERS__FAL__MAX_RUNNING="7",
            BOARDS_PROVIDERS__FAL__MAX_PER_TENANT="3",
            BOARDS_PROVIDERS__FAL__PER_MINUTE="60",
            BOARDS_PROVIDERS__LOCAL__MAX_RUNNING="2",
        )

        limits = limits_of(found)

        assert (limits.of("fal"), limits.of("local"), limits.of("kie")) == (7, 2, 20)
        assert limits.tenant_share == {"fal": 3}
        assert limits.per_minute == {"fal": 60}

    @pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
    def test_that_make_no_sense_are_refused(self, tmp_path, value):
        said = refusal(tmp_path, BOARDS_PROVIDERS__FAL__MAX_RUNNING=value)

        assert "BOARDS_PROVIDERS__FAL__MAX_RUNNING" in said

    def test_secrets_of_before_are_a_list_and_are_not_shown(self, tmp_path):
        one, two = "planted-" + "a" * 30, "planted-" + "b" * 30

        found = settings(tmp_path, BOARDS_SECRET_KEY_PREVIOUS=f"{one}, {two}")

        assert [each.get_secret_value() for each in found.secret_key_previous] == [one, two]
        assert "planted" not in repr(found)
        assert "planted" not in refusal(tmp_path, BOARDS_SECRET_KEY_PREVIOUS="planted-short")


class TestAPausedStart:
    async def test_begins_nothing_on_this_machine_either_until_it_is_resumed(self, tmp_path):
        found = settings(tmp_path, BOARDS_DATA_DIR=str(tmp_path / "data"))
        request = SubmitRequest(generator="local-noop", inputs={})
        async with open_app(found, start_paused=True) as app:
            job = (await app.submit.submit(app.actor, request)).job
            await app.worker.sweep()
            view = await app.jobs.get(app.actor, job.id)
        assert view.generations[0].phase is Phase.PENDING

        # A pause is kept, and so is what waits.
        async with open_app(found) as app:
            await app.worker.sweep()
            assert all(one.paused for one in await app.providers.list(app.actor))
            assert (await app.jobs.get(app.actor, job.id)).generations[0].phase is Phase.PENDING
            await app.providers.resume(app.actor, "*")
            view = await app.jobs.wait(app.actor, job.id, 20.0)
        assert view.generations[0].phase is Phase.COMPLETED


class TestTheListing:
    @pytest.fixture
    def declared(self):
        keys = ConfiguredKeys({each.name: each.key for each in PROVIDERS.values()}, {})
        client = GuardedClient()

        def connect(provider: str) -> Connection:
            return Connection(client=client, keys=keys, base_url="https://a.example")

        return lambda: declared_generators(Transports(connect))

    @pytest.fixture
    def listed(self, tmp_path, declared):
        """Load a listing and give the names that are registered."""

        def names(text: str) -> list[str]:
            path = tmp_path / "generators.yaml"
            path.write_text(text)
            registry = GeneratorRegistry()
            load(registry, path, built_in=(), declared=declared)
            return registry.list_names()

        return names

    def test_without_a_file_holds_the_whole_catalogue(self, declared):
        registry = GeneratorRegistry()

        report = load(registry, None, built_in=(), declared=declared)

        assert set(registry.list_names()) == ALL
        assert {each.source for each in report.loaded} == {"catalogue"}

    def test_takes_one_model_by_name(self, listed):
        assert listed("generators:\n  - catalog: fal-flux-2-pro\n") == ["fal-flux-2-pro"]

    def test_takes_all_models_of_a_provider(self, listed):
        assert set(listed("generators:\n  - catalog: fal\n")) == FAL

    def test_takes_the_rest_where_unlisted_ones_are_allowed(self, listed):
        text = (
            "allow_unlisted: true\ngenerators:\n"
            "  - catalog: fal-flux-2-pro\n    name: mine\n  - catalog: openai\n    enabled: false\n"
        )

        names = set(listed(text))

        openai = {each.name for each in load_declarations("openai")}
        assert names >= (ALL - openai - {"fal-flux-2-pro"}) | {"mine"}
        assert not names & (openai | {"fal-flux-2-pro"})

    def test_gives_a_model_another_name_and_more_aliases(self, tmp_path, declared):
        path = tmp_path / "generators.yaml"
        path.write_text(
            "generators:\n  - catalog: fal-flux-2-pro\n    name: mine\n    aliases: [ours]\n"
        )
        registry = GeneratorRegistry()

        load(registry, path, built_in=(), declared=declared)

        assert registry.get("ours") is registry.get("mine")
        assert registry.get("fal-flux-2-pro") is None

    @pytest.mark.parametrize(
        ("entry", "said"),
        [
            ("catalog: fal-flux-3-pro", "there is no declared model 'fal-flux-3-pro'"),
            ("catalog: fal\n    name: all", "`name` goes with one"),
            ("catalog: fal-flux-2-pro\n    options: {a: 1}", "`options` goes with class"),
        ],
    )
    def test_refuses_what_it_does_not_know(self, listed, entry, said):
        with pytest.raises(ConfigError, match=said):
            listed(f"generators:\n  - {entry}\n")


class TestWithoutAKey:
    async def test_a_model_says_what_to_set_and_cannot_be_submitted(self, tmp_path):
        found = settings(tmp_path, BOARDS_DATA_DIR=str(tmp_path / "data"))
        async with open_app(found) as app:
            generator = app.registry.get("fal-flux-2-pro")
            request = SubmitRequest(generator="fal-flux-2-pro", inputs={"prompt": "x"})
            estimate = await app.submit.estimate(app.actor, request)
            with pytest.raises(NotConfigured, match="set FAL_KEY"):
                await app.submit.submit(app.actor, request)

        assert getattr(generator, "unavailable", None) == "set FAL_KEY"
        assert str(estimate.amount) == "0.030000000"


def test_a_transport_of_nobody_is_refused():
    with pytest.raises(ConfigError, match="There is no provider 'nobody'"):
        make_transport("nobody", Connection(client=None, keys=None, base_url=""))  # type: ignore[arg-type]


async def test_a_private_address_is_called_only_when_it_is_set():
    """The lab is on loopback: without the setting its address is refused unasked."""
    keys = ConfiguredKeys({"fal": "FAL_KEY"}, {"fal": "id:secret"})
    async with GuardedClient() as client:
        connection = Connection(client=client, keys=keys, base_url="http://127.0.0.1:9/fal")
        transport = make_transport("fal", connection)
        job = Job(tenant_id="t", declaration=load_declarations("fal")[0], external_id="x")
        with pytest.raises(NotConfigured, match="private address"):
            await transport.look(job)
