"""The emulator's side: MiniStack plus one small module per AWS behaviour it lacks.

Runs in the emulator's own venv under the top-level name `emulator`, so modules here import each other
relatively, and beside them only the standard library and MiniStack. `server.py` lists the replacements.
"""
