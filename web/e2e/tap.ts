// Speaks TAP: a line for each test, and on the other stream what went wrong.
import type { FullConfig, Reporter, Suite, TestCase, TestError, TestResult } from "@playwright/test/reporter";

const colours = /\u001b\[[0-9;]*m/g;
const plain = (error: TestError) => (error.stack ?? error.message ?? error.value ?? "no message").replace(colours, "");
const nameOf = (test: TestCase) => test.titlePath().filter(Boolean).join(" › ").replace(/[#\n]/g, " ");

export default class Tap implements Reporter {
  private number = 0;

  printsToStdio() {
    return true;
  }

  onBegin(_config: FullConfig, suite: Suite) {
    process.stdout.write(`1..${suite.allTests().length}\n`);
  }

  onTestEnd(test: TestCase, result: TestResult) {
    this.number += 1;
    process.stdout.write(`${test.ok() ? "ok" : "not ok"} ${this.number} - ${nameOf(test)}${result.status === "skipped" ? " # SKIP" : ""}\n`);
    if (test.ok()) return;
    process.stderr.write(`--- ${nameOf(test)}: ${result.status}\n${result.errors.map(plain).join("\n\n")}\n`);
  }

  onError(error: TestError) {
    process.stderr.write(`${plain(error)}\n`);
  }
}
