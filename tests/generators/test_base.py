import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest

from boards.errors import Broken, PluginError
from boards.generators.artifacts import GeneratorResult
from boards.generators.base import call_generate, takes_context
from boards.generators.context import current_context, running
from boards.generators.outside import OutsideRun
from boards.testing.generators import FakeInput, FakeProvider, FakeProviderGenerator
from tests.generators.samples import PromptInput, Sample


class Plain(Sample):
    async def generate(self, inputs: PromptInput) -> Any:
        return GeneratorResult(outputs=[], metadata={"run": _current_id()})


class WithContext(Sample):
    async def generate(self, inputs: PromptInput, context: Any) -> Any:
        return GeneratorResult(outputs=[], metadata={"run": context.generation_id})


class WithOtherName(Sample):
    async def generate(self, inputs: PromptInput, run: Any) -> Any:
        return GeneratorResult(outputs=[], metadata={"run": run.generation_id})


class WithKeyword(Sample):
    async def generate(self, inputs: PromptInput, *, context: Any) -> Any:
        return GeneratorResult(outputs=[], metadata={"run": context.generation_id})


class WithDefault(Sample):
    async def generate(self, inputs: PromptInput, context: Any = None) -> Any:
        return GeneratorResult(outputs=[], metadata={"run": context.generation_id})


class WithOption(Sample):
    async def generate(self, inputs: PromptInput, quality: str = "high") -> Any:
        return GeneratorResult(outputs=[], metadata={"run": _current_id(), "quality": quality})


class Forwarding(WithContext):
    async def generate(self, *args: Any, **kwargs: Any) -> Any:
        return await super().generate(*args, **kwargs)


def _current_id() -> str:
    context = current_context.get()
    return context.generation_id if context else "none"


class TestCallingGenerate:
    @pytest.mark.parametrize(
        "kind",
        [Plain, WithContext, WithOtherName, WithKeyword, WithDefault, WithOption, Forwarding],
    )
    async def test_every_way_to_declare_it_reaches_the_run(self, kind):
        output: Any = await call_generate(kind(), PromptInput(), OutsideRun("gen-1"))

        assert output.metadata["run"] == "gen-1"
        assert current_context.get() is None

    @pytest.mark.parametrize(
        ("kind", "takes"),
        [
            (Plain, False),
            (WithContext, True),
            (WithOtherName, True),
            (WithKeyword, True),
            (WithDefault, True),
            (WithOption, False),
            (Forwarding, True),
        ],
    )
    def test_an_option_of_the_authors_own_is_not_taken_for_the_context(self, kind, takes):
        assert takes_context(kind()) is takes

    async def test_an_option_keeps_its_default(self):
        output: Any = await call_generate(WithOption(), PromptInput(), OutsideRun())

        assert output.metadata["quality"] == "high"

    async def test_a_generate_that_is_not_async_is_a_fault_of_the_plugin(self):
        class Blocking(Sample):
            def generate(self, inputs: PromptInput) -> Any:
                return GeneratorResult(outputs=[])

        with pytest.raises(PluginError, match="declare `async def generate`"):
            await call_generate(Blocking(), PromptInput(), OutsideRun())

    async def test_the_run_ends_with_the_call_even_when_it_raises(self):
        class Failing(Sample):
            async def generate(self, inputs: PromptInput) -> Any:
                raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            await call_generate(Failing(), PromptInput(), OutsideRun())
        assert current_context.get() is None


class TestPrice:
    async def test_the_float_of_an_estimate_becomes_exact_money_once(self):
        class Priced(Sample):
            async def estimate_cost(self, inputs: Any) -> float:
                return 0.1

        assert await Priced().price(PromptInput()) == Decimal("0.1")

    @pytest.mark.parametrize("figure", [float("nan"), float("inf"), -0.01, "1", None, True])
    async def test_a_figure_that_is_no_amount_is_refused(self, figure):
        class Odd(Sample):
            async def estimate_cost(self, inputs: Any) -> float:
                return figure

        with pytest.raises(ValueError, match=r"amount|negative"):
            await Odd().price(PromptInput())


class TestResumableInOneGo:
    async def test_a_script_may_call_generate_and_pays_once(self):
        service = FakeProvider(looks=3)
        generator = FakeProviderGenerator(service)

        output: Any = await generator.generate(FakeInput(), OutsideRun())

        assert len(output.images) == 1
        assert (service.submits, service.polls, service.fetches) == (1, 3, 1)

    async def test_a_failed_job_raises_what_the_provider_said(self):
        generator = FakeProviderGenerator(FakeProvider(fail_with=Broken("out of paper")))

        with pytest.raises(Broken, match="out of paper"):
            await generator.generate(FakeInput(), OutsideRun())


def test_running_restores_the_run_before():
    outer, inner = OutsideRun("outer"), OutsideRun("inner")
    with running(outer):
        with running(inner):
            assert current_context.get() is inner
        assert current_context.get() is outer
    assert current_context.get() is None


def test_the_base_loads_neither_the_web_nor_the_database():
    code = (
        "import sys, boards.generators.base, boards.generators.registry, boards.generators.form\n"
        "heavy = {'fastapi', 'sqlalchemy', 'strawberry', 'httpx2', 'PIL'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
