"""Tests of unittest, told as TAP."""

import unittest


class Tap(unittest.TextTestResult):
    def say(self, test, word):
        print(f"{word} {self.testsRun} - {test.id().split('.test_')[-1]}", flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.say(test, "ok")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.say(test, "not ok")

    def addError(self, test, err):
        super().addError(test, err)
        self.say(test, "not ok")


def main(module):
    """Runs the tests of a module; gives the exit status."""
    tests = unittest.defaultTestLoader.loadTestsFromModule(module)
    print(f"1..{tests.countTestCases()}", flush=True)
    return not unittest.TextTestRunner(resultclass=Tap, verbosity=0).run(tests).wasSuccessful()
