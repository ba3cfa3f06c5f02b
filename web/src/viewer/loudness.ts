/** The loudness of so many equal parts, the loudest being 1. */
export function loudness(samples: Float32Array, parts: number): number[] {
  const length = Math.max(1, Math.floor(samples.length / parts));
  const loud = Array.from({ length: parts }, (_, part) => {
    let sum = 0;
    for (let at = part * length; at < Math.min((part + 1) * length, samples.length); at += 1) {
      sum += (samples[at] ?? 0) ** 2;
    }
    return Math.sqrt(sum / length);
  });
  const loudest = Math.max(...loud) || 1;
  return loud.map((one) => one / loudest);
}
