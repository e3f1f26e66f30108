/**
 * Calls back once when the process that started this one is gone, looking twice a second.
 *
 * Terraform that is killed says no farewell; a plugin that then waits for calls would wait for ever.
 */
export function whenParentIsGone(callback: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, 500);
  timer.unref();
}
