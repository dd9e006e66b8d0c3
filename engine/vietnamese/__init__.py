"""What is particular to Vietnamese text: syllables, old encodings, keystrokes. Tables are files beside the modules.

`engine.text` is the place to import from.
"""
