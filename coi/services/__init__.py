"""The use cases: one module a chapter of the story, one function one business action.

Each is one transaction. Pages, programs and the command line come in here and nowhere else.
"""
