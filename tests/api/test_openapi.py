"""The OpenAPI document is the contract: every route and every shape is described."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from openapi_spec_validator import validate

METHODS = ("get", "head", "post", "put", "patch", "delete")
EXPECTED = {
    "get_health",
    "get_ready",
    "list_generators",
    "get_generator",
    "estimate",
    "list_budgets",
    "create_budget",
    "set_time_zone",
    "get_budget",
    "change_budget",
    "remove_budget",
    "get_spend",
    "get_drift",
    "list_ledger",
    "verify_ledger",
    "adjust_cost",
    "submit_generation",
    "list_generations",
    "get_generation",
    "delete_generation",
    "cancel_generation",
    "list_attention",
    "check_generation",
    "mark_generation_lost",
    "release_hold",
    "get_lineage",
    "get_content",
    "link_file",
    "head_content",
    "get_extra_file",
    "head_extra_file",
    "get_thumbnail",
    "head_thumbnail",
    "get_waveform",
    "get_recipe",
    "get_content_with_recipe",
    "read_recipe",
    "list_jobs",
    "get_job",
    "cancel_job",
    "upload",
    "upload_from_url",
    "export_board",
    "import_board",
    "create_resumable_upload",
    "get_resumable_upload",
    "head_resumable_upload",
    "append_to_resumable_upload",
    "end_resumable_upload",
    "list_boards",
    "create_board",
    "get_board",
    "get_board_cover",
    "update_board",
    "delete_board",
    "restore_board",
    "list_deleted_generations",
    "list_trash",
    "list_board_members",
    "add_board_member",
    "change_board_member",
    "remove_board_member",
    "transfer_board",
    "invite_to_board",
    "withdraw_invitation",
    "accept_invitation",
    "list_share_links",
    "create_share_link",
    "revoke_share_link",
    "get_shared_board",
    "list_shared_generations",
    "get_shared_content",
    "get_shared_extra_file",
    "get_shared_thumbnail",
    "change_generations",
    "undo_change",
    "update_generation",
    "restore_generation",
    "list_tags",
    "create_tag",
    "get_tag",
    "update_tag",
    "delete_tag",
    "list_generation_tags",
    "tag_generation",
    "untag_generation",
    "list_favourites",
    "mark_favourite",
    "unmark_favourite",
    "list_notes",
    "add_note",
    "change_note",
    "delete_note",
    "receive_webhook",
    "list_webhook_endpoints",
    "create_webhook_endpoint",
    "get_webhook_endpoint",
    "update_webhook_endpoint",
    "delete_webhook_endpoint",
    "rotate_webhook_secret",
    "test_webhook_endpoint",
    "list_webhook_deliveries",
    "redeliver_webhook",
    "list_keys",
    "set_key",
    "remove_key",
    "rotate_keys",
    "list_providers",
    "get_storage_usage",
    "set_storage_quota",
    "check_storage",
    "pause_provider",
    "resume_provider",
    "list_workspaces",
    "create_workspace",
    "get_workspace",
    "save_workspace",
    "delete_workspace",
    "open_workspace",
    "rename_workspace",
    "duplicate_workspace",
    "reorder_cards",
    "list_themes",
    "put_theme",
    "remove_theme",
    "generate_cards",
    "estimate_cards",
    "generate_takes",
    "estimate_takes",
    "list_takes",
    "pick_take",
    "upload_card_media",
    "get_story_job",
    "cancel_story_job",
    "list_all_takes",
    "get_take",
    "get_sheet",
    "make_animatic",
    "export_workspace",
    "reroll",
    "estimate_reroll",
    "generate_cover",
    "estimate_cover",
    "pick_cover",
    "upload_asset",
    "upload_portrait_references",
    "generate_portrait",
    "estimate_portrait",
    "pick_portrait",
}


@pytest.fixture
def contract(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(contract: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, routes in contract["paths"].items():
        for method in METHODS:
            if method in routes:
                yield f"{method} {path}", routes[method]


def test_the_document_is_valid_openapi(contract: dict[str, Any]) -> None:
    validate(contract)


def test_every_route_of_the_contract_is_there(contract: dict[str, Any]) -> None:
    assert {one["operationId"] for _, one in operations(contract)} == EXPECTED


def test_every_route_says_what_it_does_and_which_problems_it_has(
    contract: dict[str, Any],
) -> None:
    for name, operation in operations(contract):
        assert operation["summary"], name
        refused = [status for status in operation["responses"] if status.startswith("4")]
        assert refused, name
        for status, response in operation["responses"].items():
            assert response["description"], (name, status)
            if int(status) >= 400:
                shape = response["content"]["application/problem+json"]["schema"]
                assert shape == {"$ref": "#/components/schemas/Problem"}, (name, status)


def test_every_parameter_is_described(contract: dict[str, Any]) -> None:
    for name, operation in operations(contract):
        for parameter in operation.get("parameters", []):
            if parameter["name"] != "name":
                assert parameter.get("description"), (name, parameter["name"])


def test_every_shape_and_every_field_is_described(contract: dict[str, Any]) -> None:
    for name, shape in contract["components"]["schemas"].items():
        if shape.get("type") != "object":
            continue
        assert shape.get("description"), name
        for field, schema in shape["properties"].items():
            assert schema.get("description") or "$ref" in schema, (name, field)


def test_requests_are_closed(contract: dict[str, Any]) -> None:
    shapes = contract["components"]["schemas"]
    for name in ("GenerateRequest", "EstimateRequest", "BoardRequest"):
        assert shapes[name]["additionalProperties"] is False


def test_shapes_are_called_what_people_call_them(contract: dict[str, Any]) -> None:
    names = contract["components"]["schemas"]
    assert {"Generation", "Job", "Board", "Generator", "Cost", "Problem", "JobPage"} <= set(names)
    assert not [name for name in names if name.endswith("Shape")]


def test_money_is_text(contract: dict[str, Any]) -> None:
    amount = contract["components"]["schemas"]["Cost"]["properties"]["amount"]
    assert amount["anyOf"] == [{"type": "string"}, {"type": "null"}]
