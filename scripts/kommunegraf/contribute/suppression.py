"""Which counts of a survey may be shown, so that no answer of a named kommune can be worked out.

The rule, for one question with its answers as columns and its groups (with, without, all) as rows:

1. A count under five is not shown; neither is a group of under five.
2. In each row and each column at least two counts are hidden or none: the missing one would be the total less the rest.
   The smallest count that is shown is hidden until that holds (complementary suppression).
3. A hidden count that the shown ones and all totals still determine hides the whole table. Linear programming finds the least and
   the most that each can be, knowing that none is below 0 (Hundepool et al. 2012, Statistical Disclosure Control, section 4.3).
4. Where a kommune stands decides its group, and other questions show how large each group is. So the answers of each group to that
   question are a table of their own, and none is shown where a group is under five (`standing`).
5. The figures of a round are made once (`figures.publish`): the difference of two versions would be the answers of those between.
"""

from collections import Counter

LEAST = 5
"""Answers that a count must rest on to be shown."""
Table = dict[str, dict[str, int]]
"""By group and answer: how many kommuner."""
ALL = "all"


def shown(table: Table) -> set[tuple[str, str]]:
    """The cells of a table that may be shown. The group `all` is the sum of the others."""
    small = {group for group, counts in table.items() if sum(counts.values()) < LEAST}
    if ALL in small:
        return set()
    rows = {ALL: table[ALL]} if small else table
    cells = {(group, answer): count for group, counts in rows.items() for answer, count in counts.items()}
    hidden = {cell for cell, count in cells.items() if count < LEAST}
    while more := _alone(cells, hidden):
        hidden |= more
    return set() if any(_determined(rows, hidden, cell) for cell in hidden) else set(cells) - hidden


def standing(counts: dict[str, dict[str, int]]) -> set[str]:
    """The answers that may be shown of a question that decides the groups: `counts` has those of each group."""
    if any(sum(answers.values()) < LEAST for answers in counts.values()):
        return set()
    return {answer for answers in counts.values() for _, answer in shown({ALL: answers})}


def _alone(cells: dict[tuple[str, str], int], hidden: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """One cell to hide beside a hidden one that is alone in its row or column; none where there is no such."""
    groups = {group for group, _ in cells}
    for place in (0, 1) if len(groups) > 1 else (0,):
        count = Counter(cell[place] for cell in hidden)
        for line in sorted(name for name, number in count.items() if number == 1):
            others = [cell for cell in cells if cell[place] == line and cell not in hidden]
            if others:
                return {min(others, key=lambda cell: (cells[cell], cell))}
    return set()


def _determined(table: Table, hidden: set[tuple[str, str]], cell: tuple[str, str]) -> bool:
    """Whether what is shown, and the total of each group, leave one value for a hidden cell."""
    from scipy.optimize import linprog

    answers = list(table[ALL])
    parts = [group for group in table if group != ALL] or [ALL]
    unknown = [(group, answer) for group in parts for answer in answers]

    def covered(groups: list[str], wanted: list[str]) -> list[float]:
        return [float(group in groups and answer in wanted) for group, answer in unknown]

    members = {group: parts if group == ALL else [group] for group in table}
    facts = [(covered(members[group], answers), sum(table[group].values())) for group in table]
    cells = [(group, answer) for group in table for answer in answers if (group, answer) not in hidden]
    facts += [(covered(members[group], [answer]), table[group][answer]) for group, answer in cells]
    aim = covered(members[cell[0]], [cell[1]])
    equations, values = [fact[0] for fact in facts], [fact[1] for fact in facts]
    least = linprog(aim, A_eq=equations, b_eq=values, bounds=(0, None)).fun
    most = -linprog([-one for one in aim], A_eq=equations, b_eq=values, bounds=(0, None)).fun
    return bool(most - least < 0.5)
