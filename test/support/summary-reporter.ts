import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Ends the output with what was skipped and why, and with one line that a program finds: counts of tests. */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((it) => [...it.children.allTests()]);
    const count = (state: string): number => tests.filter((it) => it.result().state === state).length;
    // Files that could not be loaded have no tests that failed.
    const broken = modules.filter((it) => !it.ok() && ![...it.children.allTests('failed')].length).length;
    const skipped = tests.filter((it) => it.result().state === 'skipped');
    const lines = [
      ...listSkipped(skipped),
      `${count('passed')} passed, ${count('failed') + broken + unhandledErrors.length} failed, ${skipped.length} skipped`,
    ];
    process.stdout.write(`\n${lines.join('\n')}\n`);
  }
}

/** A line for every reason in every file, with the number of tests. */
function listSkipped(tests: readonly TestCase[]): string[] {
  const counts = new Map<string, number>();
  for (const test of tests) {
    const result = test.result();
    const note = 'note' in result ? result.note : undefined;
    const line = `${test.module.relativeModuleId}: ${note ?? topName(test)}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => `skipped ${count} in ${line}`);
}

/** The outermost suite, whose name says what it needs, or the test itself. */
function topName(test: TestCase): string {
  let top: { name: string; parent?: unknown } = test;
  for (let at = test.parent; at.type === 'suite'; at = at.parent) top = at;
  return top.name;
}
