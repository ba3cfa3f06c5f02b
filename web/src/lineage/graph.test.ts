import { describe, expect, it } from "vitest";
import type { LineageNode } from "@/api/client";
import { drawn, stepOn } from "@/lineage/graph";

const node = (
  id: string,
  branches: LineageNode[] = [],
  role: string | null = null,
): LineageNode => ({
  generation_id: id,
  known: true,
  generator: "g",
  artifact_type: "image",
  status: "completed",
  role,
  position: role === null ? null : 0,
  depth: 0,
  repeated: false,
  branches,
});

/** Two sources make one thing; one of them also makes the other source. */
const lineage = {
  generation_id: "c",
  ancestors: node("c", [node("a", [], "image"), node("b", [node("a", [], "source")], "mask")]),
  descendants: node("c", [node("d", [], "image"), node("e", [], "video")]),
};

describe("a drawing", () => {
  const { nodes, edges } = drawn(lineage);
  const at = (id: string) => nodes.find((one) => one.id === id);

  it("shows each generation once, and each way between two with its role", () => {
    expect(nodes.map(({ id }) => id).sort()).toEqual(["a", "b", "c", "d", "e"]);
    expect(edges).toContainEqual({ from: "a", to: "c", roles: ["image"] });
    expect(edges).toContainEqual({ from: "a", to: "b", roles: ["source"] });
    expect(edges).toHaveLength(5);
  });

  it("goes from left to right without exception", () => {
    for (const { from, to } of edges) expect(at(from)?.column).toBeLessThan(at(to)?.column ?? 0);
  });

  it("lays none upon another", () => {
    const places = nodes.map(({ column, row }) => `${column} ${row}`);
    expect(new Set(places).size).toBe(nodes.length);
  });

  it("draws one alone in the middle", () => {
    const alone = drawn({ generation_id: "x", ancestors: node("x"), descendants: node("x") });
    expect(alone).toEqual({ nodes: [{ id: "x", known: true, column: 0, row: 0 }], edges: [] });
  });

  it("is walked along its edges, and up and down within a column", () => {
    const all = { nodes, edges };
    expect(stepOn(all, "b", "ArrowRight")).toBe("c");
    expect(stepOn(all, "b", "ArrowLeft")).toBe("a");
    expect(stepOn(all, "d", "ArrowDown")).toBe("e");
    expect(stepOn(all, "e", "ArrowUp")).toBe("d");
    expect(stepOn(all, "d", "ArrowRight")).toBeNull();
  });
});
