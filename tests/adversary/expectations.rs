//! An expectation of nothing is refused, and a folder of migrations is read as its own tool reads it.
