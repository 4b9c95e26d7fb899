import unittest

from greeter import greet


class GreetTest(unittest.TestCase):
    def test_english_is_the_default(self):
        self.assertEqual(greet("Ada"), "Hello, Ada!")

    def test_french(self):
        self.assertEqual(greet("Ada", "fr"), "Bonjour, Ada !")

    def test_an_unknown_language_falls_back_to_english(self):
        self.assertEqual(greet("Ada", "tlh"), "Hello, Ada!")


if __name__ == "__main__":
    unittest.main()
