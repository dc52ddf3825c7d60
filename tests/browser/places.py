"""Every page of the demo, by its path: those that are always there, and one of each kind that has an id."""

from dataclasses import dataclass

from tests.e2e.running import Running

# The login answers where nobody need log in, too; the last two are how mistakes look.
ALWAYS = (
    "/", "/?q=battery&language=en&not_country=FR&amount_from=1m&from=2020", "/?q=%22nothing+says+this%22", "/live",
    "/deals", "/quotes", "/stories", "/sources", "/pipeline", "/docs", "/alerts", "/alerts/new?q=battery", "/login",
    "/articles/none", "/?from=nonsense",
)  # fmt: skip


@dataclass(frozen=True)
class Places:
    """Paths of one article, entity, story and alert that there are."""

    article: str
    entity: str
    story: str
    alert: str

    @property
    def all(self) -> tuple[str, ...]:
        """Every page."""
        return (*ALWAYS, self.article, f"{self.article}/revisions", self.entity, self.story, self.alert)


async def find_places(demo: Running) -> Places:
    """Those of a deal; an alert is saved where there is none."""
    deal = (await demo.get("/v1/relations", size=1))["relations"][0]
    story = (await demo.get("/v1/stories", size=1, sort="largest"))["stories"][0]
    alerts = (await demo.get("/v1/alerts"))["alerts"]
    if not alerts:
        saved = await demo.api.post("/v1/alerts", json={"name": "Batteries", "query": "q=battery&not_language=de"})
        alerts = [saved.raise_for_status().json()]
    return Places(
        article=f"/articles/{deal['article']['id']}",
        entity=f"/entities/{deal['subject']['id']}",
        story=f"/stories/{story['id']}",
        alert=f"/alerts/{alerts[0]['id']}",
    )
