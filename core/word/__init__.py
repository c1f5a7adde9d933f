"""Word documents, in (`reading`) and out (`writing`). Nothing of the application is known here.

What people hand in is only ever opened in a process of its own (`reader`), under limits on time and memory.
"""
