from django.urls import reverse
from interop import actions
from interop.spreadsheets.mapping import guess
from interop.spreadsheets.rows import KINDS
from patients.models import Patient, Registration
from patients.writing import writing_many
from datetime import date

JS = """() => [document.documentElement.scrollWidth, innerWidth,
 [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5).map(e => [e.tagName, e.className, e.textContent.slice(0,40), Math.round(e.getBoundingClientRect().right), getComputedStyle(e).overflowX]).slice(0,12)]"""

def test_width(page, log_in, live_server, alice, clinic_north):
    page = log_in(alice)
    for name in ("studies.csv", "refused rows of department follow-up echo studies 2009 to 2024.csv", "x"*190 + ".csv"):
        text = b"Patient,Date,EF\nN-1,2012-03-04,60\nN-2,2012-03-04,60\n"
        batch = actions.receive_file(by=alice, clinic=clinic_north, kind="echo_studies", file_name=name, chunks=[text], size=len(text))
        actions.choose_mapping(batch, guess(KINDS["echo_studies"], actions.profile_kept(batch)))
        actions.check_import(batch)
        for p in ("map", "preview", "result"):
            if p == "result":
                actions.commit_import(batch, by=alice, choices=actions.Choices())
            for w in (1440, 1024, 768):
                page.set_viewport_size({"width": w, "height": 900})
                page.goto(live_server.url + reverse(f"interop:import-{p}", args=[batch.public_id]))
                print(name[:12], p, w, page.evaluate(JS))
    page.set_viewport_size({"width": 1440, "height": 900})
    page.screenshot(path="/tmp/w/result.png")
    page.goto(live_server.url + reverse("interop:import-list")); print("list", page.evaluate(JS))
    page.goto(live_server.url + reverse("interop:import-start")); print("start", page.evaluate(JS))
