"""The pages of alerts: what is saved, what fired, what became of notices; made, changed, tried and deleted by forms."""

import asyncio
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.search.api.alert_models import AlertChange, AlertView, TestRequest, TestResult
from services.search.api.alerts import AlertResource, LastState
from services.search.parameters.query_string import pairs_of_query_string
from services.search.ui import alert_view
from services.search.ui.alert_view import AlertForm, by_name
from services.search.ui.forms import form, seen
from services.search.ui.links import ALERTS_PATH, NEW_ALERT_PATH, alert_path
from services.search.ui.rendering import Renderer
from services.search.ui.wording import counted
from shared.clock import Clock, from_ms
from shared.errors import InvalidInput, LimitExceeded

# Of each alert in the list. The articles of all are read at once: beyond so many alerts a page would be slow.
_LAST_FIRED = 3
_LISTED_WITH_STATE = 200
_FIRED = 20
_DELIVERIES = 30
_TEST_DAYS = 7


class AlertPages:
    """Answers people with HTML; what changes something is a form that is sent by POST."""

    def __init__(self, renderer: Renderer, alerts: AlertResource, clock: Clock) -> None:
        self._renderer = renderer
        self._alerts = alerts
        self._clock = clock

    def routes(self) -> APIRouter:
        """Every page."""
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        one = f"{ALERTS_PATH}/{{alert_id}}"
        router.add_api_route(ALERTS_PATH, self.all)
        router.add_api_route(ALERTS_PATH, self.create, methods=["POST"])
        router.add_api_route(NEW_ALERT_PATH, self.new)
        router.add_api_route(one, self.one)
        router.add_api_route(one, self.change, methods=["POST"])
        router.add_api_route(f"{one}/delete", self.delete, methods=["POST"])
        router.add_api_route(f"{one}/test", self.test, methods=["POST"])
        return router

    async def all(self, request: Request) -> Response:
        """Every alert with what fired last, and whether its notices arrive."""
        now, alerts = from_ms(self._clock.now_ms()), (await self._alerts.list()).alerts
        states, labels = await asyncio.gather(
            self._alerts.last_states([alert.id for alert in alerts[:_LISTED_WITH_STATE]], _LAST_FIRED),
            self._alerts.labels(alert.parameters for alert in alerts),
        )
        rows = []
        for alert in alerts:
            fired, notice = states.get(alert.id, LastState((), None))
            notices = alert_view.delivery_rows((notice,) if notice else (), alert.channels, now)
            rows.append((alert_view.alert_row(alert, labels), alert_view.fired_rows(fired, now), notices))
        said = request.query_params.get("said", "")[:200]
        return self._renderer.page("alerts.html", here=ALERTS_PATH, rows=rows, said=said)

    async def new(self, request: Request) -> Response:
        """The form for a search, which the address holds."""
        asked = alert_view.asked_by_search(pairs_of_query_string(request.url.query), from_ms(self._clock.now_ms()))
        labels = await self._alerts.labels([by_name(asked)])
        return self._new(alert_view.form_of_search(asked, labels))

    async def create(self, request: Request) -> Response:
        """Saves it, and shows the secrets that were made: only this answer can."""
        filled = alert_view.form_of_fields(await form(request))
        try:
            alert = await self._alerts.create(alert_view.spec_of(filled))
        except (InvalidInput, LimitExceeded) as error:
            return self._new(filled, problem=alert_view.problem_of(error))
        if any(channel.secret for channel in alert.channels):
            return await self._one(alert, said="The alert is saved")
        return seen(f"{alert_path(alert.id)}?said={quote('The alert is saved')}")

    async def one(self, request: Request, alert_id: str) -> Response:
        """What it asks, what fired, what became of its notices."""
        alert = await self._alerts.one(alert_id)
        return await self._one(alert, said=request.query_params.get("said", "")[:200])

    async def change(self, request: Request, alert_id: str) -> Response:
        """Keeps it as the form says now."""
        before = await self._alerts.one(alert_id)
        filled = alert_view.form_of_fields(await form(request), alert_view.form_of_alert(before))
        try:
            change = AlertChange(**alert_view.spec_of(filled).model_dump())
            alert = await self._alerts.change(alert_id, change)
        except (InvalidInput, LimitExceeded) as error:
            return await self._one(before, filled=filled, problem=alert_view.problem_of(error))
        if any(channel.secret for channel in alert.channels):
            return await self._one(alert, said="The alert is changed")
        return seen(f"{alert_path(alert.id)}?said={quote('The alert is changed')}")

    async def delete(self, alert_id: str) -> Response:
        """Deletes it with its feed and its deliveries."""
        alert = await self._alerts.one(alert_id)
        await self._alerts.delete(alert_id)
        return seen(f"{ALERTS_PATH}?said={quote(f'{alert.name[:100]} is deleted')}")

    async def test(self, request: Request, alert_id: str) -> Response:
        """What it would have found lately; where asked for, each channel gets a notice that says it is a test."""
        alert = await self._alerts.one(alert_id)
        deliver = (await form(request)).get("deliver") == "yes"
        result = await self._alerts.test(alert_id, TestRequest(days=_TEST_DAYS, deliver=deliver))
        said = f"{counted(result.total, 'article', 'articles')} of the last {_TEST_DAYS} days would match"
        return await self._one(alert, said=said, tried=result)

    def _new(self, filled: AlertForm, problem: str = "") -> Response:
        page = self._renderer.page(
            "alert_new.html", here=ALERTS_PATH, form=filled, problem=problem, view=alert_view, action=ALERTS_PATH
        )
        page.status_code = 422 if problem else 200
        return page

    async def _one(
        self,
        alert: AlertView,
        *,
        filled: AlertForm | None = None,
        said: str = "",
        problem: str = "",
        tried: TestResult | None = None,
    ) -> Response:
        now = from_ms(self._clock.now_ms())
        fired = await self._alerts.fired(alert.id, _FIRED)
        notices = (await self._alerts.deliveries(alert.id)).deliveries[:_DELIVERIES]
        page = self._renderer.page(
            "alert.html",
            here=ALERTS_PATH,
            alert=alert_view.alert_row(alert, await self._alerts.labels([alert.parameters])),
            channels=alert.channels,
            form=filled or alert_view.form_of_alert(alert),
            fired=alert_view.fired_rows(fired, now),
            deliveries=alert_view.delivery_rows(notices, alert.channels, now),
            tried=tried,
            said=said,
            problem=problem,
            view=alert_view,
            action=alert_path(alert.id),
        )
        # A secret that was made is shown here and kept nowhere on the way.
        page.headers["Cache-Control"] = "no-store"
        page.status_code = 422 if problem else 200
        return page
