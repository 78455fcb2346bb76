// A random delay makes concurrent requests interleave at every await.
export function pause(maxMs = 8): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * maxMs));
}
