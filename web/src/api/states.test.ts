import { describe, expect, it } from "vitest";
import { isFinal, isMoving, nextStep } from "@/api/states";
import { generationOf } from "@/testing";

const failedWith = (code: string, retryable: boolean) =>
  generationOf({
    id: "a",
    status: "failed",
    phase: "failed",
    error: { code, message: "No.", retryable, provider_code: null, error_id: null },
  });

describe("the next step", () => {
  it("is only to check again when a paid call may have begun", () => {
    const unknown = generationOf({ id: "a", phase: "submit_unknown", needs_attention: true });
    expect(nextStep(unknown)).toBe("check");
  });

  it("is to check again, too, for a failure that may have cost something", () => {
    expect(nextStep({ ...failedWith("plugin_error", true), needs_attention: true })).toBe("check");
  });

  it("is to change the inputs when they were refused", () => {
    expect(nextStep(failedWith("content_refused", false))).toBe("change");
  });

  it("is to take the inputs over, and decide, when the provider was only busy", () => {
    expect(nextStep(failedWith("busy", true))).toBe("take over");
  });

  it("is to configure what is missing", () => {
    expect(nextStep(failedWith("not_configured", true))).toBe("configure");
  });
});

describe("a lost submit", () => {
  const unknown = generationOf({ id: "a", phase: "submit_unknown", needs_attention: true });

  it("does not move by itself, so nothing polls for it", () => {
    expect(isMoving(unknown)).toBe(false);
  });

  it("is not final either", () => {
    expect(isFinal(unknown)).toBe(false);
  });
});
