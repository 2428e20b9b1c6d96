"""What a session changed in files, as it is shown in the terminal."""

from collections.abc import Sequence

from rich.text import Text

from artelier.cli.look import glyph, visible
from artelier.cli.words import plural, tr
from artelier.client import Change, Restored

_MARKS = {"+": "ok", "-": "bad", "@": "accent"}
_REASONS = frozenset({"What it was before is not known.", "Somebody else changed it in between.", "Somebody else has changed it since."})


def change_lines(changes: Sequence[Change], *, diffs: bool) -> list[Text]:
    """Return a line for each file a run changed, and its difference below."""
    lines = []
    for change in changes:
        told = [f"+{change.added} −{change.removed}", tr(change.kind)]
        told += [tr("undone")] if change.undone else [] if change.undoable else [tr("Not undoable.")]
        lines.append(
            Text.assemble((f"{glyph('denied' if change.undone else 'done')} {visible(change.path)}  ", "name"), (" · ".join(told), "dim"))
        )
        lines += diff_lines(change.diff) if diffs else []
    return lines


def restored_lines(done: Restored, *, diffs: bool) -> list[Text]:
    """Return what an undo or redo did, or would do."""
    lines = []
    if done.restored:
        count = len(done.restored)
        if done.dry_run:
            told = plural(
                count, ("file would change", "files would change"), ("файл изменился бы", "файла изменились бы", "файлов изменились бы")
            )
        elif done.action == "undo":
            told = plural(count, ("file is as it was", "files are as they were"), ("файл: как было", "файла: как было", "файлов: как было"))
        else:
            told = plural(
                count,
                ("file changed again", "files changed again"),
                ("файл изменён снова", "файла изменены снова", "файлов изменены снова"),
            )
        lines.append(Text(f"{glyph('done')} {told}{' · ' + tr('only a look, nothing was written') if done.dry_run else ''}", "ok"))
    for file in done.restored:
        lines.append(Text(f"    {visible(file.path)}", "name"))
        lines += diff_lines(file.diff) if diffs else []
    for left in done.left:
        reason = tr(left.reason) if left.reason in _REASONS else visible(left.reason)
        lines.append(
            Text.assemble((f"{glyph('warning')} {visible(left.path)} ", "warn"), (tr("was left alone: {reason}", reason=reason), "dim"))
        )
    return lines or [Text(tr("Nothing was changed."), "dim")]


def diff_lines(diff: str) -> list[Text]:
    """Return a unified difference without the lines that name the files."""
    return [Text(f"    {visible(line)}", _MARKS.get(line[:1], "dim")) for line in diff.splitlines()[2:]]
