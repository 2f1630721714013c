"""`make screenshots`: the pictures of docs/screenshots, made from the running product.

Runs in the project's virtual environment, which has playwright. The pictures come from a
fresh database with demo data, so that all that is relative to today is as on the first day.
A console error in the browser is a failure, for a salesperson would have met it too.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import Problem
from .project import Project
from .serve import answers
from .shell import output, say, wait_until
from .system import BROWSERS

REPO = Path(__file__).resolve().parent.parent
FOLDER = REPO / "docs/screenshots"
DATABASE = "screenshots"
SIZES = {1440: 900, 390: 844}
Colour = tuple[int, ...]

# What people and scheduled actions would have done: clients are up to date, and the rules
# were switched on a month ago. The birthday of today is greeted at nine, whatever time it is.
# Out of the way are the chat that greets new users, and Odoo's own meetings, whose days
# depend on the day of the month.
PREPARATION = """
from datetime import timedelta

env["res.users"].search([]).odoobot_state = "disabled"
stock = env["ir.model.data"].search(
    [("module", "=", "calendar"), ("model", "=", "calendar.event")]
)
env["calendar.event"].browse(stock.mapped("res_id")).active = False
env.cr.commit()
for name in ("ir_cron_backfill", "ir_cron_meetings", "ir_cron_summaries"):
    env.ref(f"crm_relationship.{name}").method_direct_trigger()
env.cr.commit()
rules = env.ref("crm_relationship.rule_birthday") + env.ref("crm_relationship.rule_keep_in_touch")
rules.action_switch_on()
this_evening = env.cr.now().replace(hour=20, minute=0, second=0, microsecond=0)
rules.date_start = this_evening - timedelta(days=30)
for days in range(29, -1, -1):
    rules._run(this_evening - timedelta(days=days))
env.cr.commit()
"""


@dataclass(frozen=True)
class Screen:
    """One picture: who looks at what, and what they do before it is taken.

    ``path`` may name one record as ``{model:name}``, or ``{model:field=value}``.
    """

    name: str
    login: str
    path: str
    step: Callable[[Any], None] | None = None


def press(selector: str) -> Callable[[Any], None]:
    """Click a thing, wherever it hides on a phone."""

    def step(page: Any) -> None:
        target = page.locator(selector).first
        if not target.is_visible():
            page.locator(".o_cp_action_menus button, .o_statusbar_buttons button").first.click()
        target.click()

    return step


def scroll_to(tab: str) -> Callable[[Any], None]:
    """Open a page of the form's notebook and bring it into sight."""

    def step(page: Any) -> None:
        page.locator(f".o_notebook .nav-link[name={tab}]").click()
        page.locator(".o_notebook").first.evaluate("node => node.scrollIntoView()")

    return step


def unfold_referrals(page: Any) -> None:
    """Show whom the first client sent, and whom these sent in turn."""
    for row in range(2):
        page.locator(".o_referral_table tbody tr").nth(row).locator(".fa-caret-right").click()


def open_timeline(page: Any) -> None:
    """Open the whole history below the briefing and bring it into sight."""
    page.locator(".o_crm_timeline_open").click()
    page.locator(".o_crm_timeline").evaluate("node => node.scrollIntoView()")


def switch_to(view: str) -> Callable[[Any], None]:
    """Look at the same records in another way."""

    def step(page: Any) -> None:
        if page.locator(f".o_switch_view.o_{view}").count():
            page.locator(f".o_switch_view.o_{view}").click()
        else:
            page.locator("div.o_cp_switch_buttons button").click()
            page.locator(".o-dropdown-item", has_text=view.capitalize()).click()

    return step


AZURE = "/odoo/clients/{res.partner:Azure Interior}"
OAK_DESKS = "/odoo/crm/{crm.lead:12 oak desks}"
BIRTHDAY = "/odoo/relationship-rules/{crm.relationship.rule:Birthday greeting}"
COMPLAINT = "/odoo/complaints/{crm.complaint:Two chairs of the library wobble}"
PLAYBOOK = "/odoo/playbooks/{crm.playbook:Before we make an offer}"
HANDOVER = "/odoo/handovers/{crm.handover:reason=At the furniture fair}"
SCREENS = [
    Screen("today", "ben", "/odoo/today"),
    Screen("monday", "anna", "/odoo/monday"),
    Screen("keep-in-touch", "ben", "/odoo/keep-in-touch"),
    Screen("handover", "anna", HANDOVER),
    Screen("playbook", "anna", PLAYBOOK),
    Screen("referrals", "anna", "/odoo/referrals", unfold_referrals),
    Screen("status-flow", "anna", "/odoo/client-flow"),
    Screen("clients", "anna", "/odoo/clients"),
    Screen("contact", "ben", AZURE),
    Screen("contact-key", "anna", "/odoo/clients/{res.partner:Harbourlight Hotel}"),
    Screen("contact-relationship", "ben", AZURE, scroll_to("relationship")),
    Screen("contact-timeline", "ben", AZURE, open_timeline),
    Screen("log", "ben", AZURE, press(".o_crm_briefing_log")),
    Screen("lead", "anna", OAK_DESKS),
    Screen("lead-match", "anna", "/odoo/crm/{crm.lead:Standing desk}"),
    Screen("outcome", "anna", OAK_DESKS, press(".o-mail-Activity-markDone")),
    Screen("waiting", "anna", "/odoo/waiting"),
    Screen("meeting-outcomes", "anna", "/odoo/meeting-outcomes"),
    Screen("interactions", "ben", "/odoo/interactions"),
    Screen("important-dates", "ben", "/odoo/important-dates"),
    Screen("promises", "ben", "/odoo/promises"),
    Screen("question-meetings", "anna", "/odoo/meetings-week-before-last"),
    Screen("question-next", "anna", "/odoo/next-appointments"),
    Screen("question-month", "anna", "/odoo/appointments-next-month"),
    Screen("question-last", "carla", "/odoo/last-met"),
    Screen("rules", "anna", "/odoo/relationship-rules"),
    Screen("rule", "anna", BIRTHDAY),
    Screen("rule-forecast", "anna", BIRTHDAY, press("button[name=action_forecast]")),
    Screen("ledger", "anna", "/odoo/rule-ledger"),
    Screen("sources", "anna", "/odoo/sources"),
    Screen("sources-graph", "anna", "/odoo/sources", switch_to("graph")),
    Screen("sources-pivot", "anna", "/odoo/sources", switch_to("pivot")),
    Screen("source-costs", "anna", "/odoo/source-costs"),
    Screen("same-sources", "anna", "/odoo/same-sources"),
    Screen("complaints", "anna", "/odoo/complaints"),
    Screen("complaint", "anna", COMPLAINT),
    Screen("complaints-report", "anna", "/odoo/complaints-report"),
    Screen("response-times", "anna", "/odoo/response-times"),
    Screen("conversion", "anna", "/odoo/conversion-by-response-time"),
    Screen("promises-kept", "anna", "/odoo/promises-kept"),
    Screen("history-of-the-past", "anna", "/odoo/history-of-the-past"),
    Screen("statuses", "anna", "/odoo/action-crm_relationship.crm_relationship_status_action"),
]


class Camera:
    """A browser that goes to screens and takes their pictures."""

    def __init__(self, browser: Any, url: str, folder: Path) -> None:
        self.browser = browser
        self.url = url
        self.folder = folder
        self.errors: list[str] = []

    def take(self, screens: list[Screen], width: int) -> None:
        """All screens at one width; each user logs in once."""
        for login in sorted({screen.login for screen in screens}):
            context = self.browser.new_context(
                viewport={"width": width, "height": SIZES[width]},
                is_mobile=width < 768,
                has_touch=width < 768,
                locale="en-US",
            )
            page = context.new_page()
            page.set_default_timeout(20_000)
            self._log_in(page, login)
            for screen in screens:
                if screen.login == login:
                    self._shoot(page, screen, width)
            context.close()

    def _log_in(self, page: Any, login: str) -> None:
        page.goto(f"{self.url}/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", login)
        page.click("button[type=submit]")
        page.wait_for_selector(".o_main_navbar", timeout=120_000)

    def _shoot(self, page: Any, screen: Screen, width: int) -> None:
        name = f"{screen.name}-{width}"

        def listen(message: Any) -> None:
            if message.type == "error":
                self.errors.append(f"{name}: {message.text[:300]}")

        page.on("console", listen)
        try:
            page.goto(self.url + self._address(page, screen.path))
            settle(page)
            if screen.step:
                screen.step(page)
                settle(page)
            path = self.folder / f"{name}.png"
            page.screenshot(path=path)
            shrink(path)
            say(f"{path.name} {path.stat().st_size // 1024} kB")
        except Exception as error:  # noqa: BLE001 - the other pictures are taken all the same
            self.errors.append(f"{name}: {str(error).splitlines()[0]}")
        finally:
            page.remove_listener("console", listen)

    def _address(self, page: Any, path: str) -> str:
        start, brace, rest = path.partition("{")
        if not brace:
            return path
        model, _, said = rest.rstrip("}").partition(":")
        field, equals, value = said.partition("=")
        term = [field, "=", value] if equals else ["name", "=", said]
        found = call(page, model, "search", [[term]], {"limit": 1})
        if not found:
            raise Problem(f"the demo data has no {model} called {said}")
        return f"{start}{found[0]}"


def call(page: Any, model: str, method: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call a method of the server as the user of the page."""
    kwargs = {**kwargs, "context": {"active_test": False}}
    params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
    answer = page.request.post(
        f"{page.url.split('/odoo')[0]}/web/dataset/call_kw/{model}/{method}",
        data={"jsonrpc": "2.0", "params": params},
    ).json()
    if "error" in answer:
        raise Problem(answer["error"]["data"]["message"])
    return answer["result"]


def settle(page: Any) -> None:
    """Wait until everything has been drawn."""
    page.wait_for_selector(".o_action_manager > *")
    page.wait_for_timeout(500)
    page.wait_for_selector(".o_loading_indicator", state="detached")
    page.wait_for_selector(".placeholder-glow", state="detached")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1200)  # charts and dialogs move into their places


def shrink(path: Path) -> None:
    """Keep 256 colours; the others become the nearest of them."""
    from PIL import Image

    with Image.open(path) as opened:
        image = opened.convert("RGB")
    found = sorted(image.getcolors(image.width * image.height), reverse=True)
    number = nearest([colour for _count, colour in found])
    small = Image.new("P", image.size)
    small.putpalette([part for colour in list(number)[:256] for part in colour])
    small.putdata([number[pixel] for pixel in image.get_flattened_data()])
    small.save(path, optimize=True)


def nearest(colours: list[Colour]) -> dict[Colour, int]:
    """A place in the palette for each colour, of which the first are the commonest.

    Three quarters of the places go to the commonest, the rest to what is least like any of
    those before it: a red word in a grey text is rare, and what one has to see.
    """
    kept = colours[:192]
    gaps = {
        colour: min((distance(colour, one), index) for index, one in enumerate(kept))
        for colour in colours[192:]
    }
    while gaps and len(kept) < 256:
        added = max(gaps, key=lambda colour: gaps[colour])
        index = len(kept)
        kept.append(added)
        del gaps[added]
        gaps = {colour: min(gap, (distance(colour, added), index)) for colour, gap in gaps.items()}
    places = {colour: index for index, colour in enumerate(kept)}
    return {**places, **{colour: index for colour, (_gap, index) in gaps.items()}}


def distance(one: Colour, other: Colour) -> int:
    """How far two colours are from each other."""
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


@contextmanager
def served(project: Project) -> Iterator[str]:
    """A fresh database with demo data, served at the address that is given."""
    databases, odoo = project.databases, project.odoo
    template = databases.template("template_demo", project.addons.stock(), demo=True)
    say(f"making the database {DATABASE} with demo data")
    databases.copy(template, DATABASE)
    try:
        databases.install(DATABASE, project.addons.names)
        shell = odoo.command("shell", "-d", DATABASE, "--no-http", "--log-level=error")
        done = output(shell, env=odoo.environment(), text=PREPARATION)
        if "Traceback" in done.stdout + done.stderr:
            raise Problem(f"could not prepare the pictures: {done.stderr.strip()[-500:]}")
        port = free_port()
        words = [
            *("-d", DATABASE, "--db-filter", f"^{DATABASE}$", "--max-cron-threads=0"),
            *("--http-port", str(port), "--log-level=error"),
        ]
        server = subprocess.Popen(odoo.command(*words), env=odoo.environment())
        try:
            url = f"http://localhost:{port}"
            if not wait_until(lambda: answers(f"{url}/web/health"), 60):
                raise Problem("Odoo does not answer")
            yield url
        finally:
            server.terminate()
            server.wait()
    finally:
        databases.drop(DATABASE)


def free_port() -> int:
    """Any port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def picture(url: str, folder: Path, names: list[str]) -> list[str]:
    """Take the pictures of an Odoo that is served; returns what went wrong."""
    from playwright.sync_api import sync_playwright

    screens = [screen for screen in SCREENS if not names or screen.name in names]
    folder.mkdir(parents=True, exist_ok=True)
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        camera = Camera(browser, url, folder)
        for width in SIZES:
            camera.take(screens, width)
        browser.close()
    return camera.errors


def main(names: list[str]) -> int:
    """Take all pictures, or only those of the screens that are named."""
    try:
        project = Project(REPO)
        project.ensure(browser=True)
        with served(project) as url:
            errors = picture(url, FOLDER, names)
    except Problem as problem:
        errors = [str(problem)]
    for error in errors:
        print(f"error: {error}", file=sys.stderr)
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main(os.environ.get("SCREENS", "").split()))
