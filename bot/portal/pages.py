"""What the browser may ask for. Every answer of the client is kept before the next page is shown.

The secret of the session lives in a cookie that scripts and other sites never see; every form carries a key made from
it and from the answer sheet, so neither another site nor a page from an earlier sheet can hand anything in.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.portal.assessing import Assessing
from bot.portal.rendering import Pages
from bot.portal.walk import Place, Refusal, RefusedError, Walk
from bot.store.assessments import LONGEST

COOKIE = "huashu_assessment"
BASE = "/assessment"
_SEE_OTHER = 303
_MISSING = 422

Endpoint = Callable[[Request], Awaitable[Response]]
Show = Callable[[Walk, Request, str], Response]
Change = Callable[[Walk, Request, FormData, str], Walk | Response]


class AssessmentPages:
    """The pages of the questionnaire.

    Args:
        assessing: does what is asked.
        pages: makes the pages.
        secure: the cookie is only for TLS.
    """

    def __init__(self, assessing: Assessing, pages: Pages, *, secure: bool) -> None:
        self._assessing = assessing
        self._pages = pages
        self._secure = secure

    def routes(self) -> list[Route]:
        """All addresses."""
        return [
            Route("/a/{token}", self._open, methods=["GET"]),
            Route(BASE, self._shown(self._start), methods=["GET"]),
            Route(f"{BASE}/begin", self._changed(self._begin, fresh=True), methods=["POST"]),
            Route(f"{BASE}/question/{{number:int}}", self._shown(self._question), methods=["GET"]),
            Route(f"{BASE}/question/{{number:int}}", self._changed(self._answer), methods=["POST"]),
            Route(f"{BASE}/review", self._shown(self._review), methods=["GET"]),
            Route(f"{BASE}/hand-in", self._changed(self._hand_in), methods=["POST"]),
            Route(f"{BASE}/result", self._shown(self._result), methods=["GET"]),
            Route(f"{BASE}/confirm", self._changed(self._confirm), methods=["POST"]),
            Route(f"{BASE}/look-again", self._changed(self._look_again), methods=["POST"]),
        ]

    async def _open(self, request: Request) -> Response:
        """Exchange the token of the address for a cookie, so that it stays in no history and no log."""
        token, held = request.path_params["token"], request.cookies.get(COOKIE)
        secret = await run_in_threadpool(self._assessing.open, token, held)
        response: Response = RedirectResponse(BASE, status_code=_SEE_OTHER)
        if request.headers.get("sec-fetch-site") == "cross-site":
            # After a link on another site, a browser keeps a strict cookie back from the redirect too; a page of our
            # own that leads on makes the next request ours.
            response = HTMLResponse(self._pages.opening())
        if secret is not None:
            response.set_cookie(
                COOKIE,
                secret,
                max_age=int(LONGEST.total_seconds()),
                path="/",
                secure=self._secure,
                httponly=True,
                samesite="strict",
            )
        return response

    def _shown(self, show: Show) -> Endpoint:
        """An address that shows where the client stands."""

        async def endpoint(request: Request) -> Response:
            secret = request.cookies.get(COOKIE)
            walk = await run_in_threadpool(self._assessing.walk, secret)
            return await run_in_threadpool(show, walk, request, form_key(secret, walk.sheet_id))

        return endpoint

    def _changed(self, change: Change, *, fresh: bool = False) -> Endpoint:
        """An address that takes a form and leads to the next page.

        Args:
            change: what the form does.
            fresh: the form was made before there was an answer sheet.
        """

        async def endpoint(request: Request) -> Response:
            secret = request.cookies.get(COOKIE)
            form = await request.form(max_files=0, max_fields=10)
            walk = await run_in_threadpool(self._assessing.walk, secret)
            if not hmac.compare_digest(_text(form, "key"), form_key(secret, 0 if fresh else walk.sheet_id)):
                raise RefusedError(Refusal.STALE)
            outcome = await run_in_threadpool(change, walk, request, form, secret or "")
            return outcome if isinstance(outcome, Response) else _lead_on(outcome)

        return endpoint

    def _start(self, walk: Walk, request: Request, key: str) -> Response:
        return HTMLResponse(self._pages.start(walk, key)) if walk.place is Place.START else _lead_on(walk)

    def _begin(self, walk: Walk, request: Request, form: FormData, secret: str) -> Walk:
        return self._assessing.begin(secret)

    def _question(self, walk: Walk, request: Request, key: str) -> Response:
        number = int(request.path_params["number"])
        if walk.place not in (Place.QUESTION, Place.REVIEW) or not 1 <= number <= walk.next_number:
            return _lead_on(walk)
        return HTMLResponse(self._pages.question(walk, number, key))

    def _answer(self, walk: Walk, request: Request, form: FormData, secret: str) -> Walk | Response:
        number, questions = int(request.path_params["number"]), walk.questionnaire.questions
        if walk.place not in (Place.QUESTION, Place.REVIEW) or not 1 <= number <= len(questions):
            raise RefusedError(Refusal.STALE)
        question = questions[number - 1]
        option = question.option(_text(form, "answer"))
        if option is None:
            page = self._pages.question(walk, number, form_key(secret, walk.sheet_id), missing=True)
            return HTMLResponse(page, status_code=_MISSING)
        after = self._assessing.answer(secret, walk.sheet_id, question.id, option.id)
        if after.place is Place.QUESTION and number < len(questions):
            return RedirectResponse(f"{BASE}/question/{min(number + 1, after.next_number)}", status_code=_SEE_OTHER)
        return after

    def _review(self, walk: Walk, request: Request, key: str) -> Response:
        return HTMLResponse(self._pages.review(walk, key)) if walk.place is Place.REVIEW else _lead_on(walk)

    def _hand_in(self, walk: Walk, request: Request, form: FormData, secret: str) -> Walk:
        return walk if walk.place is Place.QUESTION else self._assessing.hand_in(secret, walk.sheet_id)

    def _result(self, walk: Walk, request: Request, key: str) -> Response:
        return HTMLResponse(self._pages.result(walk, key)) if walk.place is Place.RESULT else _lead_on(walk)

    def _confirm(self, walk: Walk, request: Request, form: FormData, secret: str) -> Walk:
        return self._assessing.confirm(secret, walk.sheet_id)

    def _look_again(self, walk: Walk, request: Request, form: FormData, secret: str) -> Walk:
        return self._assessing.look_again(secret, walk.sheet_id)


def form_key(secret: str | None, sheet_id: int) -> str:
    """What a form carries: tells that our own page made it, for this browser and this sheet."""
    return hashlib.sha256(f"form:{sheet_id}:{secret}".encode()).hexdigest()


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) and value.isascii() else ""


def _lead_on(walk: Walk) -> Response:
    address = BASE + walk.place.value
    if walk.place is Place.QUESTION:
        address += f"/{walk.next_number}"
    return RedirectResponse(address, status_code=_SEE_OTHER)
