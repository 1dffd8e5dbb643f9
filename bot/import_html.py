"""What the page to upload people says. Whatever people wrote is escaped, and kept from turning the words around it."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from cards.text import clean
from handlers.people_preview import Preview, ShownChange
from handlers.people_upload import PATH, Visit
from handlers.refusals import Refusal
from handlers.rules.people_csv import LineError

_EXAMPLE = """email,birthday,start date,department,manager
ann@acme.test,03-09,2019-04-01,Design,-
bob@acme.test,,2024-03-09,Design,ann@acme.test"""
_COLUMNS = (
    ("email", "whose line it is: the address they have on Slack or Teams"),
    ("birthday", "day and month; a year is not needed, and never kept"),
    ("start date", "the first day, best written like 2024-03-09"),
    ("department", "or team, at most 80 characters"),
    ("manager", "their e-mail address"),
)
_KINDS = (
    ("birthdays", "birthday", "birthdays"),
    ("starts", "start date", "start dates"),
    ("departments", "department", "departments"),
    ("managers", "manager", "managers"),
)


def upload(visit: Visit) -> str:
    """The first page: what a file has to look like, and a place to choose it."""
    columns = "".join(f"<dt>{name}</dt><dd>{escape(what)}</dd>" for name, what in _COLUMNS)
    return _shell(
        "Import people",
        f"""<p>You are here as {_text(visit.ctx.actor.name)}, for {_text(visit.ctx.home.tenant_name)}.
Nothing changes before you have seen a preview and confirmed it.</p>
{_choose("Preview")}
<section><h2>What is in the file</h2>
<p>A CSV: the first line names the columns, every other line is one person. Only the e-mail address is needed;
other columns may be missing, and columns that I do not know are left alone. The order does not matter.</p>
<dl>{columns}</dl>
<pre>{escape(_EXAMPLE)}</pre>
<p>An empty cell leaves what there is. A dash clears it. At most 5 MB and 50,000 lines.</p></section>""",
    )


def preview(token: str, name: str, seen: Preview, content_id: str) -> str:
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
                    _summary(seen),
                    _confirm(token, seen, content_id),
                    _changes(seen),
                    _errors(seen),
                    _ignored(seen.ignored),
                    f"<section><h2>Another file</h2>{_choose('Preview that one')}</section>",
                ),
            )
        ),
    )


def _unreadable(name: str, seen: Preview) -> str:
    """It is no list of people at all, so nothing is counted."""
    says = "".join(f'<p class="note">{_text(one.says)}</p>' for one in seen.errors if not one.line)
    return _shell(
        "That did not work",
        f"<p>I cannot read {_text(name)}. Nothing has changed.</p>{says}"
        f"<section><h2>Another file</h2>{_choose('Preview that one')}</section>",
    )


def under_way() -> str:
    return _shell(
        "On its way",
        """<p class="good">Your file is on its way. I will write to you on Slack or Teams when it is done.</p>
<p>You can close this page. For another file, ask for a new link there: rewards-admin, people import.</p>""",
    )


def taken() -> str:
    return _shell(
        "Taken",
        """<p class="good">Your file was taken. Slack or Teams tells you how it went.</p>
<p>You can close this page. For another file, ask for a new link there: rewards-admin, people import.</p>""",
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


def _encoding(seen: Preview) -> str:
    if seen.encoding != "Windows-1252":
        return ""
    return (
        '<p class="note"><strong>Please look at names with accents.</strong> The file is not in UTF-8, so it was taken '
        "for Windows-1252. Where they look wrong, save it as CSV in UTF-8 and bring it again.</p>"
    )


def _summary(seen: Preview) -> str:
    kinds = [_count(seen.counts[kind], one, many) for kind, one, many in _KINDS if seen.counts.get(kind)]
    about = f": {', '.join(kinds)}" if kinds else ""
    lines = [f"<li><strong>{_count(seen.changed, 'person', 'people')}</strong> will change{about}.</li>"]
    if stay := seen.rows - seen.changed:
        lines.append(f"<li>{_count(stay, 'person stays', 'people stay')} as they are.</li>")
    if seen.left_out:
        lines.append(
            f"<li>{_count(seen.left_out, 'line has', 'lines have')} a mistake and will be left out whole.</li>"
        )
    return f'<ul class="summary">{"".join(lines)}</ul>'


def _confirm(token: str, seen: Preview, content_id: str) -> str:
    if not seen.changed:
        return '<p class="note">There is nothing to change.</p>'
    label = f"Confirm: change {_count(seen.changed, 'person', 'people')}"
    return f"""<form method="post" action="{PATH}/{escape(token)}/confirm" class="confirm">
<input type="hidden" name="content" value="{escape(content_id)}">
<button type="submit">{label}</button></form>"""


def _changes(seen: Preview) -> str:
    if not seen.changes:
        return ""
    more = seen.changed - len(seen.changes)
    caption = f"The first {len(seen.changes)} changes" if more else "Changes"
    rows = "".join(map(_change, seen.changes))
    after = f"<p>And {_count(more, 'more person', 'more people')}.</p>" if more else ""
    return (
        f'<section><h2>{caption}</h2><div class="wide"><table><thead><tr><th scope="col">Line</th>'
        f'<th scope="col">Person</th><th scope="col">What changes</th></tr></thead><tbody>{rows}</tbody></table>'
        f"</div>{after}</section>"
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
