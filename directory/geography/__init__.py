"""Where things are: the shapes of countries, the points of towns, and a flat world to draw on.

Data of the world as files, made by hand with the commands in script/, and no question to
the database: `projection` lays the globe flat, `shapes` draws countries, `places` finds towns.
"""
