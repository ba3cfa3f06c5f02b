import type { Cost, Generation } from "@/api/client";

/** Things as the server answers them, for tests. */
export function costOf(amount: string | null, part: Partial<Cost> = {}): Cost {
  return {
    amount,
    currency: "USD",
    known: amount !== null,
    confidence: amount === null ? "unknown" : "listed",
    basis: null,
    cached_units: 0,
    ...part,
  };
}

export function generationOf(part: Partial<Generation> & { id: string }): Generation {
  return {
    job_id: null,
    title: null,
    blurhash: null,
    board_id: "board",
    batch_id: null,
    batch_index: 0,
    batch_size: 1,
    generator: "local-poster",
    generator_version: "1",
    provider: "local",
    artifact_type: "image",
    status: "processing",
    phase: "submitting",
    needs_attention: false,
    progress: 0,
    message: "",
    inputs: {},
    output_metadata: {},
    error: null,
    cost_estimate: costOf("0"),
    cost: null,
    cost_source: null,
    file: null,
    content: null,
    extra_files: [],
    thumbnail_url: null,
    created_at: "2026-01-01T12:00:00Z",
    started_at: null,
    completed_at: null,
    cached_from: null,
    ...part,
  };
}
