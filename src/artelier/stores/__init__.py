"""The truth kept in rows: journal, runs, sessions, questions and workspaces, in SQL or in memory."""
