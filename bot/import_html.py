"""What the page to upload a file says. Whatever people wrote is escaped, and kept from turning the words around it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from cards.text import clean
from handlers.brought_files import FileWords, Preview, ShownChange
from handlers.refusals import Refusal
from handlers.rules.csv_text import LineError
from handlers.upload_desk import PATH, Visit


def upload(visit: Visit, token: str) -> str:
    """The first page: what a file has to look like, and a place to choose it."""
    words = visit.kind.words
    columns = "".join(f"<dt>{name}</dt><dd>{escape(what)}</dd>" for name, what in words.columns)
    return _shell(
        words.title,
        f"""<p>You are here as {_text(visit.ctx.actor.name)}, for {_text(visit.ctx.home.tenant_name)}.
Nothing changes before you have seen a preview and confirmed it.</p>
{_choose("Preview")}{_export(words, token)}
<section><h2>What is in the file</h2>
<p>A CSV: the first line names the columns, {escape(words.about)};
other columns may be missing, and columns that I do not know are left alone. The order does not matter.</p>
<dl>{columns}</dl>
<pre>{escape(words.example)}</pre>
<p>An empty cell leaves what there is. A dash clears it. {escape(words.limits)}</p></section>""",
    )


def preview(token: str, words: FileWords, name: str, seen: Preview, content_id: str) -> str:
    """What a file would change, what is left out, and the button that begins it."""
    if not seen.rows and any(not one.line for one in seen.errors):
        return _unreadable(name, seen)
    return _shell(
        "Preview",
        "\n".join(
            filter(
                None,
                (
                    f"<p>{_text(name)} was read as {escape(seen.encoding or 'text')}, with a "
                    f"{escape(seen.separator or 'comma')} between cells. Nothing has changed yet.</p>",
                    _encoding(seen),
                    _summary(words, seen),
                    _confirm(token, words, seen, content_id),
                    _changes(words, seen),
                    _errors(seen),
                    _ignored(seen.ignored),
                    f"<section><h2>Another file</h2>{_choose('Preview that one')}</section>",
                ),
            )
        ),
    )


def _unreadable(name: str, seen: Preview) -> str:
    """It is no such list at all, so nothing is counted."""
    says = "".join(f'<p class="note">{_text(one.says)}</p>' for one in seen.errors if not one.line)
    return _shell(
        "That did not work",
        f"<p>I cannot read {_text(name)}. Nothing has changed.</p>{says}"
        f"<section><h2>Another file</h2>{_choose('Preview that one')}</section>",
    )


def under_way(words: FileWords) -> str:
    return _told("On its way", words.begun, words)


def taken(words: FileWords) -> str:
    return _told("Taken", words.done, words)


def _told(title: str, sentence: str, words: FileWords) -> str:
    return _shell(
        title,
        f"""<p class="good">{escape(sentence)}</p>
<p>You can close this page. For another file, ask for a new link there: {escape(words.ask)}.</p>""",
    )


def refused(refusal: Refusal, back: str) -> str:
    """`back` is the token of a link that is still good."""
    again = f'<p><a href="{PATH}/{escape(back)}">Back to the upload</a></p>' if back else ""
    return _shell("That did not work", f"<p>{_text(refusal.sentence)} {_text(refusal.next_step)}</p>{again}")


# --- parts ------------------------------------------------------------------------------------------------


def _choose(label: str) -> str:
    """Without an action: it goes to the address of the page, which ends in the token."""
    return f"""<form method="post" enctype="multipart/form-data" class="choose">
<label for="file">The file</label>
<input type="file" id="file" name="file" accept=".csv,.tsv,.txt,text/csv" required>
<button type="submit">{escape(label)}</button></form>"""


def _export(words: FileWords, token: str) -> str:
    if not words.export:
        return ""
    return f'<p><a href="{PATH}/{escape(token)}/export" download>{escape(words.export)}</a></p>'


def _encoding(seen: Preview) -> str:
    if seen.encoding != "Windows-1252":
        return ""
    return (
        '<p class="note"><strong>Please look at names with accents.</strong> The file is not in UTF-8, so it was taken '
        "for Windows-1252. Where they look wrong, save it as CSV in UTF-8 and bring it again.</p>"
    )


def _summary(words: FileWords, seen: Preview) -> str:
    kinds = [_count(seen.counts[kind], one, many) for kind, one, many in words.counted if seen.counts.get(kind)]
    about = f": {', '.join(kinds)}" if kinds else ""
    lines = [f"<li><strong>{_count(seen.changed, words.one, words.many)}</strong> will change{about}.</li>"]
    if stay := seen.rows - seen.changed:
        lines.append(f"<li>{_count(stay, f'{words.one} stays', f'{words.many} stay')} as they are.</li>")
    if seen.left_out:
        lines.append(
            f"<li>{_count(seen.left_out, 'line has', 'lines have')} a mistake and will be left out whole.</li>"
        )
    return f'<ul class="summary">{"".join(lines)}</ul>'


def _confirm(token: str, words: FileWords, seen: Preview, content_id: str) -> str:
    if not seen.changed:
        return '<p class="note">There is nothing to change.</p>'
    label = f"Confirm: change {_count(seen.changed, words.one, words.many)}"
    return f"""<form method="post" action="{PATH}/{escape(token)}/confirm" class="confirm">
<input type="hidden" name="content" value="{escape(content_id)}">
<button type="submit">{label}</button></form>"""


def _changes(words: FileWords, seen: Preview) -> str:
    if not seen.changes:
        return ""
    more = seen.changed - len(seen.changes)
    caption = f"The first {len(seen.changes)} changes" if more else "Changes"
    rows = "".join(map(_change, seen.changes))
    after = f"<p>And {_count(more, f'more {words.one}', f'more {words.many}')}.</p>" if more else ""
    return (
        f'<section><h2>{caption}</h2><div class="wide"><table><thead><tr><th scope="col">Line</th>'
        f'<th scope="col">{escape(words.one.capitalize())}</th><th scope="col">What changes</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{after}</section>"
    )


def _change(one: ShownChange) -> str:
    return f'<tr><td>{one.line}</td><th scope="row">{_text(one.name)}</th><td>{_text(one.what)}</td></tr>'


def _errors(seen: Preview) -> str:
    if not seen.errors:
        return ""
    more = seen.error_count - len(seen.errors)
    rows = "".join(map(_error, seen.errors))
    after = f"<p>And {more:,} more like these.</p>" if more else ""
    return (
        f'<section><h2>{_count(seen.error_count, "mistake", "mistakes")}</h2><div class="wide">'
        '<table class="mistakes"><thead><tr><th scope="col">Line</th><th scope="col">Column</th>'
        f'<th scope="col">Found</th><th scope="col">What to do</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{after}</section>"
    )


def _error(one: LineError) -> str:
    where = str(one.line) if one.line else "file"
    return (
        f"<tr><td>{where}</td><td>{escape(one.column)}</td><td>{_text(one.found)}</td><td>{_text(one.says)}</td></tr>"
    )


def _ignored(headings: Iterable[str]) -> str:
    names = ", ".join(map(_text, headings))
    return f"<p>Columns that I do not know, and left alone: {names}.</p>" if names else ""


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _text(words: str) -> str:
    """What somebody wrote, as text that stays in its place."""
    return f"<bdi>{escape(clean(words))}</bdi>" if words else ""


def _shell(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{escape(title)} · Plaudit</title>
<link rel="stylesheet" href="{PATH}/static/import.css">
<link rel="icon" href="{PATH}/static/icon.svg" type="image/svg+xml">
</head>
<body>
<header>Plaudit</header>
<main>
<h1>{escape(title)}</h1>
{body}
</main>
</body>
</html>
"""
