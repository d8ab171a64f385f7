#!/usr/bin/env python3
"""Every decision in docs/adr has a number of its own and says context, decision, consequences."""
import pathlib
import re
import sys

folder = pathlib.Path(sys.argv[1]) / "docs" / "adr"
problems, seen = [], {}
for path in sorted(folder.glob("*.md")):
    match = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.md", path.name)
    if not match:
        problems.append(f"{path}: expected a name like 0007-what-was-decided.md")
        continue
    if match[1] in seen:
        problems.append(f"{path}: number {match[1]} is taken by {seen[match[1]]}")
    seen[match[1]] = path.name
    headings = re.findall(r"^## (.+)$", path.read_text(), re.MULTILINE)
    for heading in ("Context", "Decision", "Consequences"):
        if heading not in headings:
            problems.append(f"{path}: expected a heading '## {heading}', found {headings}")
if not seen:
    problems.append(f"{folder}: found no decisions")
print("\n".join(problems) or f"{len(seen)} decisions, each with its own number")
sys.exit(1 if problems else 0)
