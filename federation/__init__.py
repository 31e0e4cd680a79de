"""The project package and the ground floor of the house.

    roof      settings  urls  api  management  demo  benchmark  (wsgi)
              may import anything, nobody imports it
    apps      membership ─► directory                        how one joins ─► what is
    ground    admin ─► permissions ─► invitations, sharing ─► states, letters, limits, rates
              ─► audit ─► models ─► texts, encryption, scopes, problems, spreadsheets

Arrows are imports. They point one way and `lint-imports` holds them.
"""
