"""An edition in the forms that other programs read. Pure; knows neither HTTP nor a library.

`engine.export.formats` is the table of what can be had; each format has a module of its own.
"""
