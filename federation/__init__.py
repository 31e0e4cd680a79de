"""The project package and the ground floor of the house.

    roof      settings  urls  api  management  (wsgi)       may import anything, nobody imports it
    apps      membership ─► directory                        how one joins ─► what is
    ground    admin ─► permissions ─► states ─► letters, audit, limits ─► models
              ─► texts, encryption, scopes

Arrows are imports. They point one way and `lint-imports` holds them.
"""
