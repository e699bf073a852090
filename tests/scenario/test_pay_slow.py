"""test_pay.py on both databases, with every pair of steps one person might do."""
import os
import runpy

os.environ["KECHUANG_PAY_EVERYTHING"] = "1"
runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "test_pay.py"), run_name="__main__")
