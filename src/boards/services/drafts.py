"""Makes inputs for a form from what a file says of its making."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from pydantic import JsonValue

from boards.domain.provenance import RecipeSource, load_recipe
from boards.errors import InvalidInput, NotFound
from boards.generators.base import BaseGenerator
from boards.generators.nearest import suggestion
from boards.generators.registry import GeneratorRegistry

__all__ = ["Draft", "Wrote", "draft_of", "parse_parameters"]

MAX_NODES = 2000
"""A larger graph of ComfyUI's is not searched."""


class Wrote(StrEnum):
    """Who wrote the recipe that was read."""

    BOARDS = "boards"
    A1111 = "a1111"
    COMFYUI = "comfyui"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Inputs to look over before anything is made. `generator` is None where the file names none
    that is here. `warnings` say what could not be taken over."""

    wrote: Wrote
    generator: str | None
    inputs: Mapping[str, JsonValue]
    warnings: tuple[str, ...] = ()
    sources: tuple[RecipeSource, ...] = field(default=(), repr=False)
    made_by: str | None = None

    def with_sources(self, seen: Collection[UUID]) -> "Draft":
        """Leave out the inputs that are not here, or may not be seen, and say so."""
        gone = [one for one in self.sources if one.generation_id not in seen]
        if not gone:
            return self
        ids = {str(one.generation_id) for one in gone}
        said = tuple(
            f"The {one.artifact_type.value} in {one.role!r} is not here; choose another."
            for one in gone
        )
        kept = {name: _without(value, ids) for name, value in self.inputs.items()}
        inputs = {name: value for name, value in kept.items() if value not in (None, [])}
        return replace(self, inputs=inputs, warnings=self.warnings + said)


def draft_of(texts: Mapping[str, str], registry: GeneratorRegistry, wanted: str | None) -> Draft:
    """Make a draft of the texts of a file, by the names under which tools write them.

    InvalidInput when they say nothing of its making; NotFound for a `wanted` generator that is not
    here.
    """
    target = None
    if wanted is not None:
        target = registry.get(wanted)
        if target is None:
            known = suggestion(wanted, [one.name for one in registry.list_all()])
            raise NotFound(f"There is no generator {wanted!r}.{known}")
    if "boards_recipe" in texts:
        return _of_recipe(texts["boards_recipe"], registry, target)
    parameters = texts.get("parameters", "")
    if parameters.lstrip().startswith("{"):
        # Another tool writes JSON under the same name.
        parameters = _of_swarm(parameters)
    if "Steps:" in parameters:
        said = parse_parameters(parameters)
        return _mapped(Wrote.A1111, said, target)
    for name in ("prompt", "workflow"):
        if name in texts:
            said = _of_graph(texts[name])
            if said:
                return _mapped(Wrote.COMFYUI, said, target)
    raise InvalidInput(
        "This file does not say how it was made. Recipes are read from files of Boards, of "
        "AUTOMATIC1111 and of ComfyUI, and from the JSON beside them."
    )


def parse_parameters(text: str) -> dict[str, JsonValue]:
    """Read AUTOMATIC1111's lines: the prompt, `Negative prompt: …`, and the settings in the last.

    The names are ours: prompt, negative_prompt, steps, cfg_scale, seed, width, height, sampler,
    model.
    """
    lines = text.strip().replace("\r\n", "\n").split("\n")
    at = next((n for n in range(len(lines) - 1, -1, -1) if lines[n].startswith("Steps:")), None)
    before = lines if at is None else lines[:at]
    settings = "" if at is None else lines[at]
    said: dict[str, JsonValue] = {}
    body = "\n".join(before)
    prompt, mark, negative = body.partition("\nNegative prompt:")
    if body.startswith("Negative prompt:"):
        prompt, mark, negative = "", "x", body.removeprefix("Negative prompt:")
    said["prompt"] = prompt.strip()
    if mark:
        said["negative_prompt"] = negative.strip()
    for name, value in _SETTING.findall(settings[:20_000]):
        plain = _unquoted(value.strip())
        match name.strip():
            case "Steps":
                said["steps"] = _number(plain)
            case "CFG scale":
                said["cfg_scale"] = _number(plain)
            case "Seed":
                said["seed"] = _number(plain)
            case "Sampler":
                said["sampler"] = plain
            case "Model":
                said["model"] = plain
            case "Size":
                width, _, height = plain.partition("x")
                said["width"], said["height"] = _number(width), _number(height)
    return {name: value for name, value in said.items() if value is not None}


_SETTING = re.compile(r'\s*([A-Za-z][A-Za-z0-9 _/-]{0,60}):\s*("(?:\\.|[^"\\])*"|[^,]*)(?:,|$)')


def _of_recipe(text: str, registry: GeneratorRegistry, target: BaseGenerator | None) -> Draft:
    recipe = load_recipe(text)
    generator = registry.get(recipe.generator)
    inputs = {name: _as_sent(value) for name, value in recipe.inputs.items()}
    draft = Draft(
        wrote=Wrote.BOARDS,
        generator=generator.name if generator else None,
        inputs=inputs,
        sources=recipe.sources,
        made_by=recipe.generator,
    )
    if target is not None and target is not generator:
        return replace(_mapped(Wrote.BOARDS, inputs, target), sources=recipe.sources)
    if generator is None:
        said = f"The generator {recipe.generator!r} is not installed here; choose another."
        return replace(draft, warnings=(said,))
    unknown = sorted(set(inputs) - set(generator.get_input_schema().model_fields))
    warnings = [f"{generator.name!r} has no input {name!r} any more." for name in unknown]
    if generator.version != recipe.generator_version:
        warnings.append(
            f"{generator.name!r} is now of version {generator.version!r}, and was of "
            f"{recipe.generator_version!r}: the same inputs may give another result."
        )
    kept = {name: value for name, value in inputs.items() if name not in unknown}
    return replace(draft, inputs=kept, warnings=tuple(warnings))


_ALIASES: Mapping[str, tuple[str, ...]] = {
    "prompt": ("text", "lyrics"),
    "steps": ("num_inference_steps",),
    "cfg_scale": ("guidance_scale", "guidance", "cfg"),
    "sampler": ("scheduler",),
    "num_inference_steps": ("steps",),
    "guidance_scale": ("cfg_scale", "guidance"),
}


def _mapped(wrote: Wrote, said: Mapping[str, JsonValue], target: BaseGenerator | None) -> Draft:
    """Bring what another tool said into the names of a generator's inputs; as it is without one."""
    made_by = said.get("model")
    model = made_by if isinstance(made_by, str) else None
    if target is None:
        warning = "The file does not name a generator that is here; choose one."
        return Draft(wrote=wrote, generator=None, inputs=said, warnings=(warning,), made_by=model)
    fields = target.get_input_schema().model_fields
    inputs: dict[str, JsonValue] = {}
    warnings = []
    for name, value in said.items():
        places = [each for each in (name, *_ALIASES.get(name, ())) if each in fields]
        if places:
            inputs[places[0]] = value
        elif name == "model":
            warnings.append(f"It was made with {value!r}, and this is {target.name!r}.")
        else:
            warnings.append(f"{target.name!r} has no input for {name!r}.")
    return Draft(
        wrote=wrote,
        generator=target.name,
        inputs=inputs,
        warnings=tuple(warnings),
        made_by=model,
    )


def _of_swarm(text: str) -> str:
    """SwarmUI's settings in AUTOMATIC1111's lines."""
    try:
        said = json.loads(text).get("sui_image_params", {})
        prompt, negative = said.get("prompt", ""), said.get("negativeprompt", "")
        size = f"{said.get('width', 0)}x{said.get('height', 0)}"
        return (
            f"{prompt}\nNegative prompt: {negative}\nSteps: {said.get('steps', '')}, "
            f"CFG scale: {said.get('cfgscale', '')}, Seed: {said.get('seed', '')}, Size: {size}"
        )
    except (ValueError, AttributeError, RecursionError):
        return ""


def _of_graph(text: str) -> dict[str, JsonValue]:
    """What a graph of ComfyUI's says around its sampler; nothing where there is none to be found.

    Only the form that its server runs is read: node id → {class_type, inputs}.
    """
    try:
        graph = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(graph, dict) or len(graph) > MAX_NODES:
        return {}
    nodes = {key: node for key, node in graph.items() if isinstance(node, dict)}
    sampler = next(
        (_inputs(node) for node in nodes.values() if "KSampler" in str(node.get("class_type"))),
        None,
    )
    if sampler is None:
        return {}
    said: dict[str, JsonValue] = {
        "prompt": _text_at(nodes, sampler.get("positive")),
        "negative_prompt": _text_at(nodes, sampler.get("negative")),
        "seed": sampler.get("seed", sampler.get("noise_seed")),
        "steps": sampler.get("steps"),
        "cfg_scale": sampler.get("cfg"),
        "sampler": sampler.get("sampler_name"),
    }
    size = _node_at(nodes, sampler.get("latent_image"))
    said |= {"width": size.get("width"), "height": size.get("height")}
    for node in nodes.values():
        if "CheckpointLoader" in str(node.get("class_type")):
            said["model"] = _inputs(node).get("ckpt_name")
    return {
        name: value
        for name, value in said.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""
    }


def _inputs(node: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    inputs = node.get("inputs")
    return inputs if isinstance(inputs, Mapping) else {}


def _node_at(
    nodes: Mapping[str, Mapping[str, JsonValue]], link: JsonValue
) -> Mapping[str, JsonValue]:
    """The inputs of the node that a link, `[node id, output]`, leads to."""
    if isinstance(link, list) and link and isinstance(link[0], str | int):
        return _inputs(nodes.get(str(link[0]), {}))
    return {}


def _text_at(nodes: Mapping[str, Mapping[str, JsonValue]], link: JsonValue) -> str | None:
    """Follow links until somebody has a text; a graph may turn in circles."""
    for _ in range(10):
        inputs = _node_at(nodes, link)
        text = inputs.get("text", inputs.get("conditioning", inputs.get("string")))
        if isinstance(text, str):
            return text
        if not isinstance(text, list):
            return None
        link = text
    return None


def _as_sent(value: JsonValue) -> JsonValue:
    """Bring an artifact back to the id by which it is sent."""
    if isinstance(value, Mapping):
        if value.keys() == {"generation_id", "sha256"}:
            return value["generation_id"]
        return {key: _as_sent(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_sent(each) for each in value]
    return value


def _without(value: JsonValue, ids: Collection[str]) -> JsonValue:
    if isinstance(value, str):
        return None if value in ids else value
    if isinstance(value, list):
        return [each for each in value if not (isinstance(each, str) and each in ids)]
    return value


def _number(text: str) -> JsonValue:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e18 else None


def _unquoted(text: str) -> str:
    if text.startswith('"'):
        try:
            return str(json.loads(text))
        except ValueError:
            return text
    return text
